//! Trust in one certificate.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use sha2::{Digest, Sha256};

/// What the certificate of a seed must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pin {
    /// SHA-256 of the `SubjectPublicKeyInfo` in DER.
    pub(super) spki: [u8; 32],
    /// SHA-256 of the certificate in DER.
    pub(super) certificate: [u8; 32],
}

/// HTTP clients do not work before this.
pub(super) fn install_provider() {
    // Fails only when a provider is installed already, which is just as good.
    let _ = ring::default_provider().install_default();
}

/// TLS that trusts the pinned certificate only, and only for the host names in it.
pub(super) fn tls(pin: Pin) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned { pin, algorithms }))
        .with_no_client_auth();
    Ok(config)
}

#[derive(Debug)]
struct Pinned {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // Its dates do not matter: this very certificate is trusted for as long as the pin is set.
        let parsed = ParsedCertificate::try_from(certificate)?;
        verify_server_name(&parsed, name)?;
        let spki: [u8; 32] = Sha256::digest(parsed.subject_public_key_info()).into();
        let whole: [u8; 32] = Sha256::digest(certificate).into();
        if (spki, whole) != (self.pin.spki, self.pin.certificate) {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, PublicKeyData};

    use super::*;

    struct Seed {
        der: CertificateDer<'static>,
        pin: Pin,
    }

    fn seed(name: &str) -> Seed {
        let key = KeyPair::generate().unwrap();
        let der = CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap().der().clone();
        let spki = Sha256::digest(key.subject_public_key_info()).into();
        let certificate = Sha256::digest(&der).into();
        Seed { der, pin: Pin { spki, certificate } }
    }

    fn check(seed: &Seed, pin: Pin, name: &'static str) -> Result<(), Error> {
        let algorithms = ring::default_provider().signature_verification_algorithms;
        let name = ServerName::try_from(name).unwrap();
        Pinned { pin, algorithms }
            .verify_server_cert(&seed.der, &[], &name, &[], UnixTime::since_unix_epoch(Default::default()))
            .map(|_| ())
    }

    #[test]
    fn only_the_pinned_certificate_and_its_name_are_trusted() {
        let (one, other) = (seed("seed.example"), seed("seed.example"));
        assert_eq!(check(&one, one.pin, "seed.example"), Ok(()));
        assert!(matches!(
            check(&one, one.pin, "other.example"),
            Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }))
        ));
        let refused = Err(CertificateError::ApplicationVerificationFailure.into());
        assert_eq!(check(&other, one.pin, "seed.example"), refused);
        assert_eq!(check(&one, Pin { spki: other.pin.spki, ..one.pin }, "seed.example"), refused);
        assert_eq!(
            check(&one, Pin { certificate: other.pin.certificate, ..one.pin }, "seed.example"),
            refused
        );
    }
}
