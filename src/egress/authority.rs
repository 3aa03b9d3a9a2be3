//! The certificate authority that programs in a pod believe, and nobody else: made anew by every process, its key only in memory.
//! May import: rcgen, rustls, `clock`.
//! Next: `connection.rs`, which answers under these certificates.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use anyhow::Context;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PublicKeyData, SanType, date_time_ymd,
};
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Hosts whose certificates are remembered; a program that asks more has them made again.
const REMEMBERED: usize = 1024;

/// Signs a certificate for every host that a program may ask.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// One key for all hosts: whoever holds it could as well sign.
    key: KeyPair,
    provider: Arc<CryptoProvider>,
    made: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Authority {
    /// A new authority. Certificates are good for a day less than ten years: a process may run for long.
    pub fn new(now: DateTime<Utc>) -> anyhow::Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("forkgrade: this sandbox only");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        valid_from(&mut params, now);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?).context("a certificate authority")?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        Ok(Self { issuer, key: KeyPair::generate()?, provider, made: Mutex::default() })
    }

    /// What programs in the pod believe.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// What a browser is told to believe: the SHA-256 of the hosts' public key in base64.
    pub fn pin(&self) -> String {
        BASE64_STANDARD.encode(Sha256::digest(self.key.subject_public_key_info()))
    }

    /// The server's side of TLS under the name of a host, which is written as addresses write it.
    pub fn server(&self, host: &str, now: DateTime<Utc>) -> anyhow::Result<Arc<ServerConfig>> {
        let mut made = self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(config) = made.get(host) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.make(host, now)?);
        if made.len() >= REMEMBERED {
            made.clear();
        }
        made.insert(host.to_owned(), Arc::clone(&config));
        Ok(config)
    }

    fn make(&self, host: &str, now: DateTime<Utc>) -> anyhow::Result<ServerConfig> {
        let mut params = CertificateParams::default();
        // A common name has no room for every host; it counts for nobody any more.
        params.distinguished_name = name("forkgrade");
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        params.subject_alt_names = vec![match address {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(host.try_into()?),
        }];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Python 3.13 and later refuse certificates without.
        params.use_authority_key_identifier_extension = true;
        valid_from(&mut params, now);
        let certificate = params.signed_by(&self.key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn name(text: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, text);
    name
}

/// From the day before, for clocks that are late.
fn valid_from(params: &mut CertificateParams, now: DateTime<Utc>) {
    let day = |time: DateTime<Utc>| {
        // Months and days of a date always fit.
        let part = |number: u32| u8::try_from(number).unwrap_or(1);
        date_time_ymd(time.year(), part(time.month()), part(time.day()))
    };
    params.not_before = day(now - TimeDelta::days(1));
    params.not_after = day(now + TimeDelta::days(3650));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_get_certificates_of_their_own_and_keep_them() {
        let now = "2026-02-01T12:00:00Z".parse().unwrap();
        let authority = Authority::new(now).unwrap();
        for host in [
            "example.org",
            "127.0.0.1",
            "[::1]",
            "a.very.long.name.with.more.than.sixty.four.letters.in.it.example.org",
        ] {
            let first = authority.server(host, now).unwrap();
            assert!(Arc::ptr_eq(&first, &authority.server(host, now).unwrap()), "{host}");
        }
        assert!(authority.server("not a host", now).is_ok() || authority.server("é", now).is_err());
        assert!(authority.pem().starts_with("-----BEGIN CERTIFICATE-----"));
        assert_ne!(authority.pin(), Authority::new(now).unwrap().pin(), "no two processes share a key");
    }
}
