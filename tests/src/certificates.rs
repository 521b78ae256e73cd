//! Certificates that a test makes.

use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// An authority, which signs certificates.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// The authority's own certificate, as PEM.
    pub certificate: String,
}

/// A certificate and its key, as PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

impl Authority {
    /// A new authority.
    #[must_use]
    pub fn new() -> Self {
        let mut params = params("authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").pem();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
        }
    }

    /// A server's identity, for `localhost` and 127.0.0.1. The name is its subject.
    #[must_use]
    pub fn server(&self, name: &str) -> Identity {
        self.sign(params(name), ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A server's identity, which was valid until the year 2001.
    #[must_use]
    pub fn expired_server(&self) -> Identity {
        let mut params = params("expired");
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
        self.sign(params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A client's identity.
    #[must_use]
    pub fn client(&self, name: &str) -> Identity {
        self.sign(params(name), ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(&self, mut params: CertificateParams, usage: ExtendedKeyUsagePurpose) -> Identity {
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer);
        Identity {
            certificate: certificate.expect("a certificate").pem(),
            key: key.serialize_pem(),
        }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Identity {
    /// Writes the certificate and the key to two files of a directory.
    pub fn write(&self, directory: &Path, certificate: &str, key: &str) {
        for (name, text) in [(certificate, &self.certificate), (key, &self.key)] {
            std::fs::write(directory.join(name), text).expect("a file can be written");
        }
    }
}

fn params(name: &str) -> CertificateParams {
    let names = ["localhost", "127.0.0.1"].map(str::to_owned);
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
