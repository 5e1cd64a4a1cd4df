//! `[sms]`: text messages to customers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveTime;

use super::key::Key;
use super::listener::public_url;
use super::reader::Reader;
use super::secrets::{self, Credential};
use super::sms_route::{self, CallbackBase};
use crate::foundation::SmsSettings;

/// The name under which systemd hands the secret over.
pub(super) const CALLBACK_CREDENTIAL: &str = "sms.callback_secret";

const ROUTES_FOLDER: Key = Key::text(
    "sms",
    "routes_folder",
    ("the path of a folder; \"\" for none", ""),
    "The ways to gateways of text messages: a file NAME.toml in this folder for each of them, as docs/sms.md explains. Without a \
     folder no messages are sent. All nodes need the same files.",
);
const DEFAULT_REGION: Key = Key::text(
    "sms",
    "default_region",
    ("two capital letters, an ISO 3166-1 code such as ES; \"\" for none", ""),
    "The country by whose rules numbers are read that have no country's code. Without one they are refused.",
);
const SHORT_LINK: Key = Key::text(
    "sms",
    "short_link",
    (
        "an https:// address that ends with a slash; \"\" for /s/ at portal.customer_url, or else at portal.public_url",
        "",
    ),
    "Where the links to the customers' page begin in messages. A short one leaves more room for words: an address of 22 characters \
     leaves 34 in a message of one part in Arabic.",
);
const QUIET_FROM: Key = Key::text(
    "sms",
    "quiet_from",
    ("a time of day, earlier than quiet_until: such as 08:00", "08:00"),
    "Invitations and reminders go out from this time on, by the clock of their recipient.",
);
const QUIET_UNTIL: Key = Key::text(
    "sms",
    "quiet_until",
    ("a time of day, later than quiet_from: such as 21:00, or 24:00", "21:00"),
    "Until this time. What is due later goes out the next day, if it is still of use.",
);
const COOL_DOWN_HOURS: Key = Key::integer(
    "sms",
    "cool_down_hours",
    ("hours", 0, 8760, 0),
    "For how long nobody is invited again who was, to whichever survey; 0: as each survey says.",
);
const BATCH: Key = Key::integer(
    "sms",
    "batch",
    ("messages", 1, 10_000, 200),
    "How many messages the sender has in hand at most: enough for a second or two of all routes together.",
);
const EVERY_MS: Key = Key::integer(
    "sms",
    "every_ms",
    ("milliseconds", 50, 60_000, 500),
    "How often it is seen which messages are due.",
);
const RETRY_S: Key = Key::integer(
    "sms",
    "retry_s",
    ("seconds", 1, 3600, 30),
    "How long is waited before the second try of a message that a gateway did not take for the time being. Each next wait is twice \
     as long, up to an hour.",
);
const TRIES_MAX: Key = Key::integer(
    "sms",
    "tries_max",
    ("tries", 1, 100, 8),
    "How often a message is tried. Being told that it is too much at once, or that the route is down, is no try.",
);
const STOP_WORDS: Key = Key::text(
    "sms",
    "stop_words",
    ("words separated by commas, each of 1 to 40 characters; \"\" for none", ""),
    "What people may write who want no more messages, besides STOP, UNSUBSCRIBE and the like in English, Spanish, French, German, \
     Portuguese, Arabic and Urdu.",
);
const HELP_TEXT: Key = Key::text(
    "sms",
    "help_text",
    ("up to 320 characters; \"\" for none", ""),
    "What is replied to HELP, INFO and the like in English, Spanish, French, German, Portuguese, Arabic and Urdu: who writes, how to \
     reach you, and that STOP ends messages. Some operators ask for it. Without it such a message is taken as an answer.",
);
const CALLBACK_URL: Key = Key::text(
    "sms",
    "callback_url",
    ("http:// or https:// and a host, without a path; \"\" for ivr_api.public_url", ""),
    "How gateways reach this listener, to tell what became of a message and to hand over messages from phones. By the virtual IP, \
     or a proxy before the nodes. Needs callback_secret.",
);
const CALLBACK_SECRET: Key = Key::secret(
    "sms",
    "callback_secret",
    "at least 20 characters without blanks, the same at all nodes",
    "By this the addresses are signed that gateways call back. Better in a file of its own, or as a systemd credential \
     `sms.callback_secret`.",
);
const CALLBACK_SECRET_FILE: Key = Key::text(
    "sms",
    "callback_secret_file",
    ("a file with the secret and nothing else; empty: none", ""),
    "Where the secret stands, so that it is not in this file.",
);

pub(super) const KEYS: [Key; 15] = [
    ROUTES_FOLDER,
    DEFAULT_REGION,
    SHORT_LINK,
    QUIET_FROM,
    QUIET_UNTIL,
    COOL_DOWN_HOURS,
    BATCH,
    EVERY_MS,
    RETRY_S,
    TRIES_MAX,
    STOP_WORDS,
    HELP_TEXT,
    CALLBACK_URL,
    CALLBACK_SECRET,
    CALLBACK_SECRET_FILE,
];

/// Characters of the reply to HELP at most: it fits into messages of a few parts, whatever its language.
const HELP_LONGEST: usize = 320;
/// Characters of a word at most.
const WORD_LONGEST: usize = 40;

/// Text messages, with all routes; `listener`: how clients reach the listener that gateways call, where that is set.
pub(super) fn read(
    reader: &mut Reader,
    credential: Option<Credential>,
    listener: Option<&str>,
) -> SmsSettings {
    let callback = callback(reader, credential, listener);
    let folder = reader.text(&ROUTES_FOLDER);
    let routes = if folder.is_empty() {
        Vec::new()
    } else {
        let (routes, problems) = sms_route::read_folder(Path::new(&folder), callback.as_ref());
        for problem in problems {
            reader.problem(problem);
        }
        routes
    };
    SmsSettings {
        folder: (!folder.is_empty()).then(|| PathBuf::from(folder)),
        routes,
        default_region: reader.parsed(&DEFAULT_REGION, region).flatten(),
        short_link: reader.parsed(&SHORT_LINK, short_link).flatten(),
        hours: hours(reader),
        cool_down: Duration::from_secs(3600 * reader.integer(&COOL_DOWN_HOURS)),
        batch: reader.number(&BATCH),
        every: reader.millis(&EVERY_MS),
        retry: reader.secs(&RETRY_S),
        tries_max: reader.number(&TRIES_MAX),
        stop_words: reader.parsed(&STOP_WORDS, words).unwrap_or_default(),
        help_text: reader.parsed(&HELP_TEXT, help_text).filter(|text| !text.is_empty()),
        callback_secret: callback.map(|callback| callback.secret),
    }
}

/// How gateways reach this server; `None` where they cannot, or not safely.
fn callback(
    reader: &mut Reader,
    credential: Option<Credential>,
    listener: Option<&str>,
) -> Option<CallbackBase> {
    let own = reader.parsed(&CALLBACK_URL, public_url).flatten();
    let is_own = own.is_some();
    let secret =
        secrets::read(reader, &CALLBACK_SECRET, &CALLBACK_SECRET_FILE, credential, secrets::is_static_key);
    let url = own.or_else(|| listener.map(|url| url.trim_end_matches('/').to_owned()));
    match (url, secret) {
        (Some(url), Some(secret)) => Some(CallbackBase { url, secret }),
        (Some(_), None) if is_own => {
            reader.refuse(
                &CALLBACK_SECRET,
                "",
                "set, as sms.callback_secret_file or a credential, when sms.callback_url is",
            );
            None
        }
        (None, Some(_)) => {
            reader.refuse(&CALLBACK_URL, "", "set, or ivr_api.public_url, when sms.callback_secret is");
            None
        }
        _ => None,
    }
}

/// The hours in which messages go out; the defaults where they are wrong.
fn hours(reader: &mut Reader) -> (NaiveTime, NaiveTime) {
    let from = reader.parsed(&QUIET_FROM, time_of_day);
    let until = reader.parsed(&QUIET_UNTIL, time_of_day);
    let (from, until) = (from.unwrap_or(NaiveTime::MIN), until.unwrap_or(LAST));
    if from >= until {
        let value = reader.text(&QUIET_UNTIL);
        reader.refuse(&QUIET_UNTIL, &value, &QUIET_UNTIL.rule());
    }
    (from, until)
}

/// The last moment of a day.
const LAST: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

fn time_of_day(text: &str) -> Option<NaiveTime> {
    if text == "24:00" {
        return Some(LAST);
    }
    let is_short = text.len() == 5 && text.is_ascii();
    is_short.then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten()
}

/// `Some(None)` for none, `None` when it is no code.
#[expect(
    clippy::option_option,
    reason = "the outer option is whether it parsed, the inner whether it is set"
)]
fn region(text: &str) -> Option<Option<String>> {
    let is_code = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    (text.is_empty() || is_code).then(|| is_code.then(|| text.to_owned()))
}

/// What is replied to HELP; empty: nothing.
fn help_text(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = text.chars().count() <= HELP_LONGEST && !text.chars().any(|c| c.is_control() && c != '\n');
    fits.then(|| text.to_owned())
}

/// `Some(None)` for the portal's, `None` when it is no such address.
#[expect(
    clippy::option_option,
    reason = "the outer option is whether it parsed, the inner whether it is set"
)]
fn short_link(text: &str) -> Option<Option<String>> {
    if text.is_empty() {
        return Some(None);
    }
    let url = reqwest::Url::parse(text).ok()?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let is_link = url.scheme() == "https" && text.ends_with('/') && text.is_ascii() && !text.contains(' ');
    (is_plain && is_link && url.password().is_none()).then(|| Some(text.to_owned()))
}

fn words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> =
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let fits = |word: &String| word.chars().count() <= WORD_LONGEST && !word.contains(char::is_control);
    words.iter().all(fits).then_some(words)
}
