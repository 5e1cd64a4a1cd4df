//! How what a gateway sends by itself is read: `[http.callback]`.

use super::answer::paths_of;
use super::secret::secret;
use super::section::{Placed, Section};
use super::{CallbackBase, Common};
use crate::foundation::Secret;
use crate::foundation::sms::http::{
    CallbackSignature, FieldNames, HttpCallbacks, IncomingFields, JsonPath, ReceiptFields, VonageDigest,
};

const SIGNATURE_RULE: &str = "twilio, vonage, or nothing";
const DIGEST_RULE: &str = "sha1, sha256 or sha512";

/// What is read of requests to this server; `None` where gateways cannot reach it.
pub(super) fn read(
    section: &Section<'_>,
    common: &Common<'_>,
    password: Option<&Secret<String>>,
) -> Option<HttpCallbacks> {
    let signature = signature(section, password);
    let receipt_query =
        section.text("receipt_query", "what is added to the address").map(|placed| placed.text);
    let receipt = receipt(section.table("receipt"));
    let incoming = incoming(section.table("incoming"));
    let Some(CallbackBase { url, secret }) = common.callback else {
        if common.route.receipts {
            section.problem(format!(
                "receipts is true ({}): needs sms.callback_url and sms.callback_secret, by which the gateway reaches this server; \
                 or set it to false",
                common.file
            ));
        }
        return None;
    };
    Some(HttpCallbacks {
        base: url.clone(),
        secret: secret.clone(),
        signature,
        receipt_query: receipt_query.unwrap_or_default(),
        receipt,
        incoming,
    })
}

fn signature(section: &Section<'_>, password: Option<&Secret<String>>) -> Option<CallbackSignature> {
    let kind = section.parsed("signature", SIGNATURE_RULE, |word| {
        ["", "twilio", "vonage"].into_iter().find(|known| *known == word)
    });
    let own = secret(section, "signature_secret", "signature_secret_file");
    let digest = section.parsed("signature_digest", DIGEST_RULE, |word| match word {
        "sha1" => Some(VonageDigest::Sha1),
        "sha256" => Some(VonageDigest::Sha256),
        "sha512" => Some(VonageDigest::Sha512),
        _ => None,
    });
    match kind? {
        // Its token signs as well as it logs in, unless a key of the API does that.
        "twilio" => own.or_else(|| password.cloned()).map(CallbackSignature::Twilio),
        "vonage" => {
            own.map(|secret| CallbackSignature::Vonage(secret, digest.unwrap_or(VonageDigest::Sha256)))
        }
        _ => None,
    }
}

fn receipt(section: Section<'_>) -> Option<ReceiptFields> {
    let fields = ReceiptFields {
        list: section.parsed("list", JsonPath::RULE, JsonPath::parse),
        id: names(&section, "id"),
        key: names(&section, "key"),
        state: names(&section, "state"),
        detail: names(&section, "detail"),
        delivered: words(&section, "delivered"),
        failed: words(&section, "failed"),
    };
    section.finish();
    (!fields.state.is_empty()).then_some(fields)
}

fn incoming(section: Section<'_>) -> Option<IncomingFields> {
    let fields = IncomingFields {
        list: section.parsed("list", JsonPath::RULE, JsonPath::parse),
        id: names(&section, "id"),
        from: names(&section, "from"),
        to: names(&section, "to"),
        text: names(&section, "text"),
        charset: names(&section, "charset"),
    };
    let is_there = !fields.text.is_empty() || !fields.from.is_empty();
    if is_there && (fields.text.is_empty() || fields.from.is_empty()) {
        section.missing("text", "set, with from");
    }
    section.finish();
    is_there.then_some(fields)
}

fn names(section: &Section<'_>, name: &'static str) -> FieldNames {
    let words = section.words(name, "the name of a parameter, or a path in JSON").unwrap_or_default();
    paths_of(section, name, words)
}

fn words(section: &Section<'_>, name: &'static str) -> Vec<String> {
    let words = section.words(name, "a word for a state").unwrap_or_default();
    words.into_iter().map(|Placed { text, .. }| text).collect()
}
