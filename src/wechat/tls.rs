//! Whom we trust: Mozilla's roots, compiled in, and what NODE_EXTRA_CA_CERTS names, as Node does.
//! The system's store is not asked: slim containers have none.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};

pub fn client_config() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(extra_certificates());
    Ok(ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// A file that cannot be read adds nothing; Node says so itself when it starts.
fn extra_certificates() -> Vec<CertificateDer<'static>> {
    std::env::var_os("NODE_EXTRA_CA_CERTS")
        .and_then(|file| CertificateDer::pem_file_iter(file).ok())
        .map(|certificates| certificates.flatten().collect())
        .unwrap_or_default()
}
