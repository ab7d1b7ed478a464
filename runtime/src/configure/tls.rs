//! The files of TLS, the same for both servers.

use std::path::PathBuf;

use super::reader::Reader;
use crate::settings::Tls;
use crate::value::Value;

/// The settings of the TOML about the files of TLS.
#[derive(Debug)]
pub(crate) struct TlsDefaults<'a> {
    pub(crate) ca: &'a Value<&'static str>,
    pub(crate) certificate: &'a Value<&'static str>,
    pub(crate) key: &'a Value<&'static str>,
}

/// Files that can be read; the certificate and its key are both there or both not.
#[derive(Debug)]
pub(crate) struct TlsFiles {
    pub(crate) ca: Option<PathBuf>,
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

impl TlsFiles {
    pub(crate) fn read<Mode>(
        defaults: &TlsDefaults<'_>,
        settings: &Tls<Mode>,
        reader: &mut Reader<'_>,
    ) -> Self {
        let before = reader.problems();
        let ca = reader.readable("tls.ca", settings.ca.as_deref(), defaults.ca);
        let certificate = reader.readable(
            "tls.certificate",
            settings.certificate.as_deref(),
            defaults.certificate,
        );
        let key = reader.readable("tls.key", settings.key.as_deref(), defaults.key);
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate.value, key.value)),
            (None, None) => None,
            // A file that cannot be read has been told already.
            _ if reader.problems() > before => None,
            (Some(certificate), None) => {
                let message = "a certificate needs its private key: set `tls.key` too";
                reader.refuse("tls.certificate", Some(&certificate.origin), message);
                None
            }
            (None, Some(key)) => {
                let message = "a private key needs its certificate: set `tls.certificate` too";
                reader.refuse("tls.key", Some(&key.origin), message);
                None
            }
        };
        Self { ca: ca.map(|found| found.value), identity }
    }
}
