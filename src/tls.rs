//! Whom we trust, WeChat and redis alike: Mozilla's roots, compiled in, and what
//! NODE_EXTRA_CA_CERTS names, as Node does. The system's store is not asked: slim containers have
//! none. May import nothing of the crate.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// `Err` says why there can be no secure connections.
pub fn client_config() -> Result<ClientConfig, String> {
    client_config_with(None, None)
}

/// The same where `ca` (PEM) is trusted besides, and a server that demands it is shown a
/// certificate, the first of `own`, with the key that is the second (PEM).
pub fn client_config_with(ca: Option<&str>, own: Option<(&str, &str)>) -> Result<ClientConfig, String> {
    let text = |error: Error| error.to_string();
    let mut roots = RootCertStore::empty();
    let mut named = extra_certificates();
    roots.add_parsable_certificates(TLS_SERVER_ROOT_CERTS.iter().chain(&named).cloned());
    for certificate in CertificateDer::pem_slice_iter(ca.unwrap_or_default().as_bytes()) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate.clone()).map_err(text)?;
        named.push(certificate);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| error.to_string())?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(text)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(NodeVerifier { chain, named }));
    let Some((certificate, key)) = own else { return Ok(config.with_no_client_auth()) };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect();
    let certificates = certificates.map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| error.to_string())?;
    config.with_client_auth_cert(certificates, key).map_err(text)
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

/// Verifies as rustls does, but for one case: it refuses a server that shows a CA's certificate,
/// which a self-signed one usually is, while Node accepts it where that very certificate is named
/// as trusted.
#[derive(Debug)]
struct NodeVerifier {
    chain: Arc<WebPkiServerVerifier>,
    /// By NODE_EXTRA_CA_CERTS, and by the application.
    named: Vec<CertificateDer<'static>>,
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
            Err(error) if is_ca_as_end_entity(&error) && self.named.contains(end_entity) => {
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
