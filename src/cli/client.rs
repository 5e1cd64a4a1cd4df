//! The HTTP client of the commands that talk to a running server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use super::failure::Failure;
use crate::config::IvrApi;

/// A server to talk to.
#[derive(Debug, Clone)]
pub(super) struct Server {
    /// Scheme, host and port, without a slash at the end.
    pub(super) url: String,
    /// Ready to ask it.
    pub(super) client: Client,
}

impl Server {
    /// The server at `url`, or this machine's own. No request may take longer than `patience`.
    pub(super) fn at(url: Option<&str>, api: &IvrApi, patience: Duration) -> Result<Self, Failure> {
        let own = url.is_none();
        let url = url.map_or_else(|| own_url(api), |url| url.trim_end_matches('/').to_owned());
        // Our own listener is asked by its address, which its certificate rarely names. And without TLS there is nothing
        // to verify: a machine that has no root certificates must still be able to ask.
        let unverified = own || url.starts_with("http://");
        let client = Client::builder()
            .timeout(patience)
            .redirect(Policy::none())
            // The server is ours; a proxy of the environment is for the world outside.
            .no_proxy()
            .tls_danger_accept_invalid_certs(unverified)
            .build()
            .map_err(|error| Failure::because("cannot set up a client", &error))?;
        Ok(Self { url, client })
    }
}

/// The URL of this machine's listener.
fn own_url(api: &IvrApi) -> String {
    let mut address = api.listen;
    address.set_ip(match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    });
    format!("{}://{address}", if api.tls.is_some() { "https" } else { "http" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_listener_on_all_addresses_is_asked_on_the_loopback() {
        let mut api = Config::default().ivr_api;
        assert_eq!(own_url(&api), "http://127.0.0.1:8080");
        api.listen = "[::]:9".parse().unwrap();
        assert_eq!(own_url(&api), "http://[::1]:9");
        api.listen = "10.0.0.5:80".parse().unwrap();
        assert_eq!(own_url(&api), "http://10.0.0.5:80");
    }
}
