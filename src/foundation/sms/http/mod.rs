//! What is configured of a gateway that is spoken to over HTTP: the request by a template, the answer by rules, and what the
//! gateway sends by itself by the names of its fields.

mod callback;
mod json;
mod request;
mod rules;
mod template;

use std::path::PathBuf;
use std::time::Duration;

use super::super::Secret;

pub use callback::{
    CallbackSignature, FieldNames, HttpCallbacks, IncomingFields, ReceiptFields, VonageDigest,
};
pub use json::{JsonPath, JsonTemplate};
pub use request::{HttpBody, HttpFields, HttpMethod, HttpRequestFilled, HttpRequestTemplate, parse_xml};
pub use rules::{
    AnswerBody, AnswerRules, BodyRule, Extract, Meaning, Pattern, STATUS_DEFAULTS, StatusRule, TextTest,
};
pub use template::{HttpEscape, HttpPlace, HttpTemplate, HttpTemplateFault, HttpValues, percent};

/// Who makes parts of a text that does not fit into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartsBy {
    /// The gateway: it gets the text in one request.
    Gateway,
    /// We do: each part is a request with its header in [`HttpPlace::Udh`].
    Header,
}

/// A gateway that is spoken to over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpGateway {
    /// The preset it was made from; empty: none.
    pub preset: String,
    /// The request that hands a message over.
    pub request: HttpRequestTemplate,
    /// The login; empty: none.
    pub username: String,
    /// Its password.
    pub password: Secret<String>,
    /// Whether login and password go in the header `Authorization` (RFC 7617).
    pub basic_auth: bool,
    /// How answers are read.
    pub answer: AnswerRules,
    /// Whether the gateway knows a message by our key and takes it once however often it comes: what nobody knows of may be
    /// sent again then, and arrives once.
    pub knows_key: bool,
    /// Who makes the parts of a long text.
    pub parts_by: PartsBy,
    /// The gateway's words for GSM 03.38 and for UTF-16.
    pub coding_words: [String; 2],
    /// The gateway's word for asking it for receipts.
    pub receipts_word: String,
    /// For how long a message can be said to be of use at most.
    pub validity_longest: Duration,
    /// How long a connection may take, with its name looked up and encrypted.
    pub connect_timeout: Duration,
    /// How long a connection is kept that nothing goes over: shorter than the gateway keeps it, or a message may meet its end.
    pub idle: Duration,
    /// The authorities whose certificates it may show; `None`: this machine's.
    pub ca_file: Option<PathBuf>,
    /// The proxy on the way to it; `None`: there is none, whatever the environment says.
    pub proxy: Option<String>,
    /// How what it sends by itself is read; `None`: it sends nothing.
    pub callbacks: Option<HttpCallbacks>,
}
