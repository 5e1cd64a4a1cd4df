//! A person at the portal, by way of a browser without scripts: it keeps cookies and sends forms.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method};
use serde_json::Value;

use super::block_on;
use super::http::{Reply, read};

/// A password that is good enough.
pub const PASSWORD: &str = "lamp river eleven quilt";

/// A browser and who sits before it.
#[derive(Clone)]
pub struct Person {
    base: String,
    cookies: BTreeMap<String, String>,
    /// What the pages told it to send along with changes.
    pub csrf: String,
    /// What a proxy says of where it is.
    pub forwarded: Option<String>,
}

impl Person {
    pub fn at(base: &str) -> Self {
        // One provider per process; a second attempt changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { base: base.to_owned(), cookies: BTreeMap::new(), csrf: String::new(), forwarded: None }
    }

    /// Where it goes.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its cookies, as it sends them.
    pub fn cookies(&self) -> String {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    /// The same browser at another node.
    pub fn moves_to(&mut self, base: &str) {
        base.clone_into(&mut self.base);
    }

    /// Sets the password by a link; then signs in.
    pub fn comes_by(&mut self, link: &str, name: &str) {
        let path = link.trim_start_matches(&self.base).to_owned();
        let page = self.get(&path);
        let token = token_in(&page);
        let set = self.form(&path, &[("csrf", &*token), ("password", PASSWORD), ("repeat", PASSWORD)]);
        assert_eq!(set.status, 303, "{set:?}");
        let entered = self.signs_in(name, PASSWORD);
        assert_eq!(entered.status, 303, "{entered:?}");
        let me = self.get("/api/v1/me").json();
        me["csrf"].as_str().unwrap().clone_into(&mut self.csrf);
    }

    /// Fills in the form.
    pub fn signs_in(&mut self, name: &str, password: &str) -> Reply {
        let token = token_in(&self.get("/sign-in"));
        self.form(
            "/sign-in",
            &[("csrf", &*token), ("name", name), ("password", password), ("next", "/system")],
        )
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, |request| request)
    }

    pub fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(Method::POST, path, |request| request.form(fields))
    }

    /// A call of the API, with what the page knows.
    pub fn calls(&mut self, method: Method, path: &str, body: &Value) -> Reply {
        let csrf = self.csrf.clone();
        self.send(method, path, |request| request.header("x-csrf-token", csrf).json(body))
    }

    /// Sends a file in a form.
    pub fn uploads(&mut self, path: &str, name: &str, bytes: &[u8]) -> Reply {
        let csrf = self.csrf.clone();
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat();
        self.send(Method::PUT, path, |request| {
            request
                .header("x-csrf-token", csrf)
                .header("content-type", "multipart/form-data; boundary=cut")
                .body(body)
        })
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        finish: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Reply {
        let client =
            Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let request = client.request(method, format!("{}{path}", self.base)).header(COOKIE, self.cookies());
        let request = match &self.forwarded {
            Some(addresses) => request.header("x-forwarded-for", addresses),
            None => request,
        };
        let reply = block_on(read(finish(request))).unwrap();
        for set in reply.headers.get_all(SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        reply
    }
}

/// What a form carries that only this browser was given.
pub fn token_in(page: &Reply) -> String {
    let (_, rest) =
        page.body.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {page:?}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Where a reply leads.
pub fn led_to(reply: &Reply) -> &str {
    reply.headers.get(LOCATION).map(|value| value.to_str().unwrap()).unwrap_or_default()
}
