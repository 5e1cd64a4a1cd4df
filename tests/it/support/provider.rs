//! A provider of OpenID Connect that says whatever a test has it say: tokens that hold and tokens that do not, or nothing.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

/// How it answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As a provider does.
    Fine,
    /// It takes the request and says nothing.
    Silent,
    /// Its reply has no end.
    Endless,
    /// It leads elsewhere.
    Elsewhere,
}

/// A provider on this machine.
pub struct Provider {
    /// Its issuer.
    pub issuer: String,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    manner: Manner,
    keys: Vec<SigningKey>,
    /// The ID token that each code is worth.
    codes: BTreeMap<String, String>,
    userinfo: Option<Value>,
    asked: Vec<(String, String)>,
    /// Connections that are kept waiting.
    waiting: Vec<TcpStream>,
}

/// A key and its name.
pub struct SigningKey {
    name: &'static str,
    pair: EcdsaKeyPair,
}

impl SigningKey {
    pub fn new(name: &'static str) -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        Self { name, pair }
    }

    /// A signed token.
    pub fn sign(&self, claims: &Value) -> String {
        let text = unsigned("ES256", Some(self.name), claims);
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..65]].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name, "x": x, "y": y})
    }
}

/// A token without its signature.
pub fn unsigned(algorithm: &str, key: Option<&str>, claims: &Value) -> String {
    let mut head = json!({"alg": algorithm, "typ": "JWT"});
    if let Some(key) = key {
        head["kid"] = json!(key);
    }
    format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

impl Provider {
    /// One that signs with the key `first`.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared {
            manner: Manner::Fine,
            keys: vec![SigningKey::new("first")],
            codes: BTreeMap::new(),
            userinfo: None,
            asked: Vec::new(),
            waiting: Vec::new(),
        };
        let shared = Arc::new(Mutex::new(shared));
        let (url, state) = (issuer.clone(), Arc::clone(&shared));
        std::thread::spawn(move || {
            for line in listener.incoming() {
                serve(&url, &state, line.unwrap());
            }
        });
        Self { issuer, shared }
    }

    pub fn behaves(&self, manner: Manner) {
        self.shared.lock().unwrap().manner = manner;
    }

    /// Signs with another key from now on, and says no more of the others.
    pub fn changes_keys(&self, key: SigningKey) {
        self.shared.lock().unwrap().keys = vec![key];
    }

    /// A token by its present key.
    pub fn signs(&self, claims: &Value) -> String {
        self.shared.lock().unwrap().keys[0].sign(claims)
    }

    /// What a code is worth.
    pub fn gives(&self, code: &str, token: String) {
        self.shared.lock().unwrap().codes.insert(code.to_owned(), token);
    }

    /// What it says of a person where it is asked; nothing before.
    pub fn tells(&self, claims: Value) {
        self.shared.lock().unwrap().userinfo = Some(claims);
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.shared.lock().unwrap().asked.iter().filter(|(asked, _)| asked == path).count()
    }

    /// The last request of a path, head and body.
    pub fn last(&self, path: &str) -> String {
        let shared = self.shared.lock().unwrap();
        shared.asked.iter().rev().find(|(asked, _)| asked == path).unwrap().1.clone()
    }
}

fn serve(issuer: &str, shared: &Mutex<Shared>, mut line: TcpStream) {
    let Some(request) = read(&mut line) else { return };
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut shared = shared.lock().unwrap();
    shared.asked.push((path.clone(), request.clone()));
    let (status, body) = match shared.manner {
        Manner::Fine => shared.reply(issuer, &path, &request),
        Manner::Silent => {
            shared.waiting.push(line);
            return;
        }
        Manner::Endless => {
            drop(shared);
            drop(line.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"));
            // Until the other side has had enough.
            while line.write_all(&[b' '; 8192]).is_ok() {}
            return;
        }
        Manner::Elsewhere => {
            drop(
                line.write_all(
                    format!("HTTP/1.1 302 Found\r\nlocation: {issuer}/inner\r\ncontent-length: 0\r\n\r\n")
                        .as_bytes(),
                ),
            );
            return;
        }
    };
    let body = body.to_string();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
    drop(line.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes()));
}

impl Shared {
    fn reply(&mut self, issuer: &str, path: &str, request: &str) -> (&'static str, Value) {
        match path {
            "/.well-known/openid-configuration" => ("200 OK", metadata(issuer)),
            "/keys" => {
                ("200 OK", json!({"keys": self.keys.iter().map(SigningKey::public).collect::<Vec<_>>()}))
            }
            "/token" => {
                let body = request.split("\r\n\r\n").nth(1).unwrap_or_default();
                let code = form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "code");
                // Each is good once.
                match code.and_then(|(_, code)| self.codes.remove(&*code)) {
                    Some(token) => (
                        "200 OK",
                        json!({"access_token": "an-access-token", "token_type": "Bearer", "id_token": token}),
                    ),
                    None => ("400 Bad Request", json!({"error": "invalid_grant"})),
                }
            }
            "/userinfo" => match &self.userinfo {
                Some(claims) => ("200 OK", claims.clone()),
                None => ("403 Forbidden", json!({})),
            },
            _ => ("404 Not Found", json!({})),
        }
    }
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // It offers more than is taken.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    })
}

/// A request's head and body.
fn read(line: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        match line.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(read) => request.extend_from_slice(&part[..read]),
        }
    }
}
