//! The server that tests and benchmarks are given by a connection string, and the driver's own way to it, past everything of
//! the product.

use std::io;

use aftercall::foundation::Secret;
use aftercall::storage::mssql::{Encrypt, Endpoint, MssqlSettings, Trust};
use tiberius::{AuthMethod, Client, Config};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};

/// A connection of the driver's own.
pub(crate) type Wire = Client<Compat<TcpStream>>;

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

/// Connects, whatever certificate the server shows.
pub(crate) async fn connect(settings: &MssqlSettings) -> tiberius::Result<Wire> {
    let Endpoint::Port(port) = settings.endpoint else {
        return Err(io::Error::other("tests and benchmarks need a port").into());
    };
    let mut config = Config::new();
    config.host(&settings.host);
    config.port(port);
    config.database(&settings.database);
    config.authentication(AuthMethod::sql_server(&settings.user, settings.password.expose()));
    config.trust_cert();
    let line = TcpStream::connect((settings.host.as_str(), port)).await?;
    line.set_nodelay(true)?;
    Box::pin(Client::connect(config, line.compat_write())).await
}

/// Runs a text to its end.
pub(crate) async fn send(client: &mut Wire, sql: &str) -> tiberius::Result<()> {
    client.simple_query(sql.to_owned()).await?.into_results().await.map(drop)
}
