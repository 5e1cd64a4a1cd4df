//! The connection string that tests and benchmarks are given.

use aftercall::foundation::Secret;
use aftercall::storage::mssql::{Encrypt, Endpoint, MssqlSettings, Trust};

/// Settings from an ADO-style string: `server=tcp:host,port;user=…;password=…;encrypt=…;TrustServerCertificate=true`; `None` when a part
/// of it is missing or wrong.
pub(crate) fn settings(text: &str) -> Option<MssqlSettings> {
    let parts: Vec<(String, &str)> = text
        .split(';')
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_lowercase().replace(' ', ""), value.trim()))
        .collect();
    let get = |names: &[&str]| {
        parts.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| (*value).to_owned())
    };
    let server = get(&["server", "datasource"])?;
    let server = server.trim_start_matches("tcp:");
    let (host, port) = server.split_once(',').unwrap_or((server, "1433"));
    let user = get(&["user", "uid", "userid"])?;
    let password = Secret::new(get(&["password", "pwd"])?);
    let endpoint = Endpoint::Port(port.parse().ok()?);
    let database = get(&["database", "initialcatalog"]).unwrap_or_else(|| "master".into());
    let mut settings = MssqlSettings::new(host, endpoint, &database, &user, password);
    let yes = |value: Option<String>| value.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    settings.encrypt = if yes(get(&["encrypt"])) { Encrypt::Full } else { Encrypt::Off };
    if yes(get(&["trustservercertificate"])) {
        settings.trust = Trust::Any;
    }
    Some(settings)
}
