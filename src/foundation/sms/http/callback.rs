//! What a gateway's own requests say: receipts, and messages from phones.

use super::super::super::Secret;
use super::json::JsonPath;

/// How what a gateway sends by itself is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpCallbacks {
    /// How gateways reach this server: `https://host:port`, without a slash at the end.
    pub base: String,
    /// By what our addresses are signed.
    pub secret: Secret<String>,
    /// How the gateway signs its requests; `None`: it does not, and our own signature or the secret has to be in them.
    pub signature: Option<CallbackSignature>,
    /// What is added to our address for receipts, as it is: a gateway may put values there.
    pub receipt_query: String,
    /// How receipts are read; `None`: there are none.
    pub receipt: Option<ReceiptFields>,
    /// How messages from phones are read; `None`: there are none.
    pub incoming: Option<IncomingFields>,
}

/// How a gateway signs its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackSignature {
    /// As Twilio does: HMAC-SHA1 by the account's token, of the address and the form's fields in order of their names, in the
    /// header `X-Twilio-Signature`.
    Twilio(Secret<String>),
    /// As Vonage does: an HMAC of the parameters in order of their names, in the parameter `sig`.
    Vonage(Secret<String>, VonageDigest),
}

/// The digest of a signature as Vonage makes it. Those by MD5 are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VonageDigest {
    /// HMAC-SHA1.
    Sha1,
    /// HMAC-SHA256.
    Sha256,
    /// HMAC-SHA512.
    Sha512,
}

/// Where something stands in a request: the name of a parameter of its address or form, or a path in its JSON. The first that
/// is there counts.
pub type FieldNames = Vec<JsonPath>;

/// How receipts are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiptFields {
    /// The list of them; `None`: the request is one.
    pub list: Option<JsonPath>,
    /// The gateway's id of the message.
    pub id: FieldNames,
    /// Our key of it, where it is not in the address.
    pub key: FieldNames,
    /// What became of it. A request without it is no receipt.
    pub state: FieldNames,
    /// What else is told to people.
    pub detail: FieldNames,
    /// The states that mean that the phone has it.
    pub delivered: Vec<String>,
    /// The states that mean that it did not arrive and will not. All others: more is to come.
    pub failed: Vec<String>,
}

/// How messages from phones are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncomingFields {
    /// The list of them; `None`: the request is one.
    pub list: Option<JsonPath>,
    /// The gateway's id of it.
    pub id: FieldNames,
    /// The sender.
    pub from: FieldNames,
    /// The recipient.
    pub to: FieldNames,
    /// The text. A request without it is no message.
    pub text: FieldNames,
    /// The character set of the text, where it is not UTF-8: only UTF-16 is known besides.
    pub charset: FieldNames,
}
