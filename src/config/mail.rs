//! `[mail]`: the mail server by which reports are sent.

use std::path::PathBuf;

use lettre::message::Mailbox;

use super::key::Key;
use super::reader::Reader;
use super::secrets::{self, Credential};
use crate::foundation::{MailSettings, MailTls};

/// The name under which systemd hands the password over.
pub(super) const PASSWORD_CREDENTIAL: &str = "mail.password";

const HOST: Key = Key::text(
    "mail",
    "host",
    ("a host name or an address; \"\" for none", ""),
    "The mail server (SMTP) that takes the reports people have sent by mail. Without one no mail is sent. \
     `aftercall mail test ADDRESS` tries it.",
);
const PORT: Key = Key::integer(
    "mail",
    "port",
    ("", 1, 65_535, 587),
    "Its port: 587 as a rule, 465 with tls = \"implicit\", 25 for a relay of the house.",
);
const TLS: Key = Key::text(
    "mail",
    "tls",
    ("starttls, implicit or none", "starttls"),
    "How the line to it is encrypted: after its greeting, from the first byte on, or not at all. With starttls nothing is \
     said in the clear: a server that does not offer it gets no mail.",
);
const USER: Key = Key::text(
    "mail",
    "user",
    ("a login; \"\" for none", ""),
    "Who logs in to the mail server. Needs a password, and tls.",
);
const PASSWORD: Key = Key::secret(
    "mail",
    "password",
    "the login's password, without control characters",
    "The password of the login. Better in a file of its own, or as a systemd credential `mail.password`.",
);
const PASSWORD_FILE: Key = Key::text(
    "mail",
    "password_file",
    ("a file with the password and nothing else; empty: none", ""),
    "Where the password stands, so that it is not in this file.",
);
const FROM: Key = Key::text(
    "mail",
    "from",
    ("an address such as surveys@example.com or `Surveys <surveys@example.com>`, set when mail.host is", ""),
    "Whom the mails come from.",
);
const CA_FILE: Key = Key::text(
    "mail",
    "ca_file",
    ("a PEM file; empty: this machine's authorities", ""),
    "The authorities whose certificates the mail server may show.",
);
const TIMEOUT_S: Key = Key::integer(
    "mail",
    "timeout_s",
    ("seconds", 1, 60, 20),
    "How long the mail server may take for each answer.",
);
const EVERY_S: Key =
    Key::integer("mail", "every_s", ("seconds", 1, 600, 30), "How often it is seen which reports are due.");
const RETRY_S: Key = Key::integer(
    "mail",
    "retry_s",
    ("seconds", 1, 3600, 60),
    "How long is waited before the second try of a mail that the server did not take for the time being. Each next wait is \
     twice as long, up to an hour; after ten tries it is given up.",
);

pub(super) const KEYS: [Key; 11] =
    [HOST, PORT, TLS, USER, PASSWORD, PASSWORD_FILE, FROM, CA_FILE, TIMEOUT_S, EVERY_S, RETRY_S];

/// The mail server; `None` where there is none. The keys are checked either way.
pub(super) fn read(reader: &mut Reader, credential: Option<Credential>) -> Option<MailSettings> {
    let host = reader.parsed(&HOST, |text| {
        let fine = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "/:@[]".contains(c))
            || text.parse::<std::net::Ipv6Addr>().is_ok();
        fine.then(|| text.to_owned())
    });
    let host = host.unwrap_or_default();
    let port = reader.number(&PORT);
    let tls = reader.parsed(&TLS, |word| match word {
        "starttls" => Some(MailTls::Starttls),
        "implicit" => Some(MailTls::Implicit),
        "none" => Some(MailTls::Off),
        _ => None,
    });
    let tls = tls.unwrap_or(MailTls::Starttls);
    let user = reader
        .parsed(&USER, |text| (!text.contains(char::is_control)).then(|| text.to_owned()))
        .unwrap_or_default();
    let password = secrets::read(reader, &PASSWORD, &PASSWORD_FILE, credential, |text| {
        !text.is_empty() && !text.contains(char::is_control)
    });
    let from = reader.text(&FROM);
    let is_left_out = from.is_empty() && host.is_empty();
    if !is_left_out && from.parse::<Mailbox>().is_err() {
        reader.refuse(&FROM, &from, &FROM.rule());
    }
    let ca_file = reader.text(&CA_FILE);
    let (timeout, every, retry) = (reader.secs(&TIMEOUT_S), reader.secs(&EVERY_S), reader.secs(&RETRY_S));
    if host.is_empty() {
        return None;
    }
    let login = match (user.is_empty(), password) {
        (true, None) => None,
        (false, Some(password)) => Some((user, password)),
        (false, None) => {
            reader.refuse(
                &PASSWORD,
                "",
                "set: as mail.password_file or a systemd credential, as mail.user is",
            );
            None
        }
        (true, Some(_)) => {
            reader.refuse(&USER, "", "set when mail.password is");
            None
        }
    };
    if login.is_some() && tls == MailTls::Off {
        reader.refuse(
            &TLS,
            "none",
            "starttls or implicit when mail.user is set: the password would be read on its way",
        );
    }
    let ca_file = (!ca_file.is_empty()).then(|| PathBuf::from(ca_file));
    Some(MailSettings { host, port, tls, login, from, ca_file, timeout, every, retry })
}
