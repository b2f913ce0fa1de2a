//! Self-signed certificates, as the service nodes and seeds of the public network have them.

use std::{fmt, fs, path::Path, sync::Arc, time::Duration, time::SystemTime};

use rcgen::{CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, PublicKeyData};
use rustls::{
    CipherSuite, NamedGroup, ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject},
    server::NoServerSessionStorage,
};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use crate::keys::write_private;

/// How long a certificate is valid: what the public network's storage server takes.
const VALID: Duration = Duration::from_secs(10_000 * 24 * 60 * 60);

/// What the nodes of the public network agree to (`oxenss/server/server_certificates.cpp`).
const SUITES: [CipherSuite; 4] = [
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
];
const GROUPS: [NamedGroup; 2] = [NamedGroup::X25519, NamedGroup::secp256r1];

/// Why there is no certificate to serve HTTPS with.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    Make(#[from] rcgen::Error),
    /// The file holds no certificate with its key.
    #[error("the file holds no certificate with its key")]
    Damaged,
    /// The TLS library refuses it.
    #[error("the certificate cannot be used: {0}")]
    Refused(#[from] rustls::Error),
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

/// A self-signed certificate (ECDSA P-256) with its key.
#[derive(Clone)]
pub struct Certificate {
    der: CertificateDer<'static>,
    spki: Vec<u8>,
    /// PKCS#8.
    key: Zeroizing<Vec<u8>>,
}

impl Certificate {
    /// A certificate for these host names or IP addresses, `C=AU, CN=<first name>, O=Oxen`; without any, one as
    /// service nodes have it: for `localhost` and without alternative names.
    ///
    /// # Errors
    /// When a name is not one, or the system has no randomness.
    pub fn make(names: &[String]) -> Result<Self, CertificateError> {
        Self::generate(names).map(|(certificate, _)| certificate)
    }

    /// The certificate in a file, or a new one that is written there (readable by the owner only).
    pub(crate) fn load_or_make(path: &Path, names: &[String]) -> Result<Self, CertificateError> {
        if path.exists() {
            return Self::from_pem(&Zeroizing::new(fs::read_to_string(path)?));
        }
        let (made, text) = Self::generate(names)?;
        write_private(path, text.as_bytes())?;
        Ok(made)
    }

    /// The certificate in DER: what a client pins, and may take as its only root.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The `SubjectPublicKeyInfo` in DER: what a client pins by its SHA-256.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// What accepts TLS 1.2 and 1.3 connections with it: no ALPN, no client certificates, and neither session
    /// tickets nor session ids, by which a client could be recognised.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, CertificateError> {
        let key = PrivateKeyDer::Pkcs8(self.key.to_vec().into());
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone()], key)?;
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Arc::new(config).into())
    }

    /// A new certificate, and its file: certificate and key in PEM.
    fn generate(names: &[String]) -> Result<(Self, Zeroizing<String>), CertificateError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        let first = names.first().map_or("localhost", String::as_str);
        for (kind, value) in
            [(DnType::CountryName, "AU"), (DnType::CommonName, first), (DnType::OrganizationName, "Oxen")]
        {
            params.distinguished_name.push(kind, value);
        }
        params.is_ca = IsCa::ExplicitNoCa;
        let now = SystemTime::now();
        // A client whose clock is a little late takes it too.
        params.not_before = (now - Duration::from_secs(24 * 60 * 60)).into();
        params.not_after = (now + VALID).into();
        let signed = params.self_signed(&key)?;
        let mut text = Zeroizing::new(signed.pem());
        text.push_str(&Zeroizing::new(key.serialize_pem()));
        Ok((Self::new(signed.der().clone(), &key), text))
    }

    fn from_pem(text: &str) -> Result<Self, CertificateError> {
        let der = CertificateDer::from_pem_slice(text.as_bytes()).map_err(|_| CertificateError::Damaged)?;
        let key =
            PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).map_err(|_| CertificateError::Damaged)?;
        let key = KeyPair::try_from(&key).map_err(|_| CertificateError::Damaged)?;
        Ok(Self::new(der, &key))
    }

    fn new(der: CertificateDer<'static>, key: &KeyPair) -> Self {
        Self { der, spki: key.subject_public_key_info(), key: key.serialize_der().into() }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} bytes)", self.der.len())
    }
}

fn provider() -> CryptoProvider {
    let mut provider = rustls::crypto::ring::default_provider();
    provider.cipher_suites.retain(|suite| SUITES.contains(&suite.suite()));
    provider.kx_groups.retain(|group| GROUPS.contains(&group.name()));
    provider
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_survives_its_file() {
        let (made, text) = Certificate::generate(&["127.0.0.1".to_owned()]).unwrap();
        let read = Certificate::from_pem(&text).unwrap();
        assert_eq!((read.der(), read.spki_der()), (made.der(), made.spki_der()));
        assert_eq!(*read.key, *made.key);
        assert!(read.acceptor().is_ok());
        assert!(made.der().windows(made.spki_der().len()).any(|part| part == made.spki_der()));
    }

    #[test]
    fn a_damaged_file_is_told() {
        let (_, made) = Certificate::generate(&[]).unwrap();
        let (certificate, _) = made.split_at(made.find("-----BEGIN PRIVATE").unwrap());
        for text in ["", "hello", certificate] {
            assert!(matches!(Certificate::from_pem(text), Err(CertificateError::Damaged)), "{text}");
        }
    }
}
