//! The line to a provider: bounded in time and size, private, and going nowhere it was not told to.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Url};

/// Bytes of a reply at most. Metadata and keys of large providers have some ten thousand.
const REPLY_LONGEST: usize = 256 * 1024;

/// Why a provider could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    /// There is nothing to ask with.
    #[error(
        "nothing can be asked over TLS; has this machine certificates of authorities (package ca-certificates)?"
    )]
    NoClient(#[source] reqwest::Error),
    /// Nothing came back, or not in time.
    #[error("no answer")]
    Failed(#[source] reqwest::Error),
    /// More came back than is read.
    #[error("the answer has more than {REPLY_LONGEST} bytes")]
    TooLong,
    /// An address to which secrets would cross the network as they are.
    #[error("{0} is neither https nor on this machine")]
    NotPrivate(Url),
    /// A request or a reply that is none.
    #[error("the answer cannot be read")]
    Malformed(#[source] openidconnect::http::Error),
}

impl From<reqwest::Error> for LineError {
    fn from(error: reqwest::Error) -> Self {
        Self::Failed(error.without_url())
    }
}

/// Asks a provider.
pub(super) struct Line {
    /// Made when it is needed: a machine that lacks something for it serves everything else.
    client: OnceLock<Client>,
    is_on_this_machine: bool,
    timeout: Duration,
}

impl Line {
    /// A line to the provider with this issuer.
    pub(super) fn to(issuer: &str, timeout: Duration) -> Self {
        Self { client: OnceLock::new(), is_on_this_machine: issuer.starts_with("http://"), timeout }
    }

    fn client(&self) -> Result<&Client, LineError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut made = Client::builder()
            .timeout(self.timeout)
            .connect_timeout(self.timeout)
            // A provider that was taken over must not lead us to addresses of the inner network.
            .redirect(Policy::none())
            // Each worker has a runtime of its own: a connection kept by one would hang with it in the hands of another.
            .pool_max_idle_per_host(0);
        if self.is_on_this_machine {
            // No proxy leads there, and no authority vouches for it.
            made = made.no_proxy().tls_certs_only([]);
        }
        let made = made.build().map_err(LineError::NoClient)?;
        Ok(self.client.get_or_init(|| made))
    }

    /// Asks once.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, LineError> {
        let request = Request::try_from(request)?;
        if !is_private(request.url()) {
            return Err(LineError::NotPrivate(request.url().clone()));
        }
        let mut reply = self.client()?.execute(request).await?;
        let mut body = Vec::new();
        while let Some(more) = reply.chunk().await? {
            if body.len() + more.len() > REPLY_LONGEST {
                return Err(LineError::TooLong);
            }
            body.extend_from_slice(&more);
        }
        let mut read = openidconnect::http::Response::builder().status(reply.status());
        if let Some(headers) = read.headers_mut() {
            headers.clone_from(reply.headers());
        }
        read.body(body).map_err(LineError::Malformed)
    }
}

/// Whether nobody between here and a URL's host can read along.
fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    url.scheme() == "https" || host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_in_the_clear_but_to_this_machine() {
        let private = |url: &str| is_private(&Url::parse(url).unwrap());
        assert!(
            private("https://id.example/token") && private("http://[::1]:1/") && private("http://localhost/")
        );
        assert!(!private("http://id.example/token") && !private("http://169.254.169.254/"));
    }
}
