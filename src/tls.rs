//! Whom we trust: Mozilla's roots, compiled in, and what NODE_EXTRA_CA_CERTS names, as Node does.
//! The system's store is not asked: slim containers have none. May import nothing of the crate.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// `Err` says why there can be no secure connections.
pub fn client_config() -> Result<ClientConfig, String> {
    let extra = extra_certificates();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(TLS_SERVER_ROOT_CERTS.iter().chain(&extra).cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| error.to_string())?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(NodeVerifier { chain, extra }))
        .with_no_client_auth())
}

/// Makes ring what rustls computes with, for clients that do not ask us.
pub fn install_provider() {
    // Installed already: by an earlier object of this process.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Everything trusted, and `ca` (PEM) besides, as PEM.
pub fn trusted_pem(ca: Option<&str>) -> String {
    let mut pem = ca.unwrap_or_default().to_owned();
    for certificate in TLS_SERVER_ROOT_CERTS.iter().chain(&extra_certificates()) {
        let base64 = base64_simd::STANDARD.encode_to_string(certificate);
        pem.push_str(&format!("\n-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"));
    }
    pem
}

/// Whether `text` holds certificates in PEM, and nothing that looks like one and is none.
pub fn is_pem(text: &str) -> bool {
    let mut certificates = CertificateDer::pem_slice_iter(text.as_bytes()).peekable();
    certificates.peek().is_some() && certificates.all(|certificate| certificate.is_ok())
}

/// A file that cannot be read adds nothing; Node says so itself when it starts.
fn extra_certificates() -> Vec<CertificateDer<'static>> {
    std::env::var_os("NODE_EXTRA_CA_CERTS")
        .and_then(|file| CertificateDer::pem_file_iter(file).ok())
        .map(|certificates| certificates.flatten().collect())
        .unwrap_or_default()
}

/// Verifies as rustls does, but for one case: it refuses a server that shows a CA's certificate, which a self-signed one usually is,
/// while Node accepts it where NODE_EXTRA_CA_CERTS names that very certificate.
#[derive(Debug)]
struct NodeVerifier {
    chain: Arc<WebPkiServerVerifier>,
    extra: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for NodeVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // webpki checks the dates before it comes to this.
            Err(error) if is_ca_as_end_entity(&error) && self.extra.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

fn is_ca_as_end_entity(error: &Error) -> bool {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) => {
            matches!(cause.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
        }
        _ => false,
    }
}
