//! A gateway that speaks SMPP 3.4, as it is configured.

use std::path::PathBuf;
use std::time::Duration;

use super::super::{Backoff, Secret};

/// As what this node is bound to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmppBind {
    /// It sends and is told, over one session.
    Transceiver,
    /// It sends and is told, over a session for each: for gateways that know no transceiver.
    Split,
    /// It sends only.
    Transmitter,
    /// It is told only: nothing is sent by such a route.
    Receiver,
}

/// How a text of several parts is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LongMessages {
    /// Part by part, with a header that has a reference of 8 bits.
    Udh8,
    /// Part by part, with a header that has a reference of 16 bits: a part holds one unit less.
    Udh16,
    /// Part by part, told apart by the optional parameters `sar_*`; the gateway makes the header.
    Sar,
    /// As a whole in `message_payload`; the gateway makes the parts.
    Payload,
}

/// What the gateway takes `data_coding` 0, its own alphabet, to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmscAlphabet {
    /// GSM 03.38, one septet in an octet.
    Gsm,
    /// ISO 8859-1.
    Latin1,
}

/// How the gateway is told until when a message is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmppValidity {
    /// By the moment, in UTC.
    Absolute,
    /// By how long it is until then.
    Relative,
    /// Not at all.
    None,
}

/// The encryption of the line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SmppTls {
    /// The authorities whose certificates it may show, as PEM; `None`: this machine's.
    pub ca_file: Option<PathBuf>,
    /// The name that its certificate is for; `None`: the host it is called at.
    pub server_name: Option<String>,
}

/// Type and plan of an address (TON and NPI).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberKind {
    /// Type of number.
    pub ton: u8,
    /// Numbering plan.
    pub npi: u8,
}

/// What a gateway's own `command_status` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusMeaning {
    /// Too much at once.
    Throttled,
    /// It may be taken at another try.
    NotNow,
    /// It never will be taken.
    Refused,
    /// The recipient wants no messages.
    OptedOut,
    /// No message is taken until somebody looks.
    RouteDown,
}

/// A gateway that speaks SMPP 3.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmppGateway {
    /// Hosts and ports, tried in this order, each at all its addresses.
    pub addresses: Vec<(String, u16)>,
    /// The encryption of the line; `None`: there is none.
    pub tls: Option<SmppTls>,
    /// As what this node is bound.
    pub bind: SmppBind,
    /// The login: up to 15 ASCII characters.
    pub system_id: String,
    /// The password: up to 8 ASCII characters, as the protocol has it.
    pub password: Secret<String>,
    /// The kind of system, if the gateway asks for one: up to 12 ASCII characters.
    pub system_type: String,
    /// Type and plan of senders; `None`: as each looks.
    pub source: Option<NumberKind>,
    /// Type and plan of recipients; `None`: international, by E.164.
    pub destination: Option<NumberKind>,
    /// After how long without a word the gateway is asked whether it is there.
    pub enquire_link: Duration,
    /// After how long without a word the line counts as dead; longer than `enquire_link`.
    pub inactivity: Duration,
    /// How long an address, the encryption, and the login may each take.
    pub connect_timeout: Duration,
    /// How long messages are handed over.
    pub long_messages: LongMessages,
    /// What `data_coding` 0 is.
    pub alphabet: SmscAlphabet,
    /// How it is told until when a message is of use.
    pub validity: SmppValidity,
    /// What `command_status` values of its own mean; those of the standard may be given another meaning, too.
    pub statuses: Vec<(u32, StatusMeaning)>,
    /// Waits between two tries to connect.
    pub reconnect: Backoff,
}

impl SmppGateway {
    /// A gateway at this address with what most have: a transceiver, in the clear.
    pub fn new(host: &str, port: u16, system_id: &str, password: Secret<String>) -> Self {
        Self {
            addresses: vec![(host.to_owned(), port)],
            tls: None,
            bind: SmppBind::Transceiver,
            system_id: system_id.to_owned(),
            password,
            system_type: String::new(),
            source: None,
            destination: None,
            enquire_link: Duration::from_secs(30),
            inactivity: Duration::from_mins(1),
            connect_timeout: Duration::from_secs(10),
            long_messages: LongMessages::Udh8,
            alphabet: SmscAlphabet::Gsm,
            validity: SmppValidity::Absolute,
            statuses: Vec::new(),
            reconnect: Backoff { min: Duration::from_secs(1), max: Duration::from_mins(1) },
        }
    }

    /// What is wrong with it: the key, and the rule; `None` when nothing is.
    pub fn fault(&self) -> Option<(&'static str, String)> {
        if self.addresses.is_empty() {
            return Some(("addresses", "has to name a host and a port".to_owned()));
        }
        let texts = [
            ("system_id", &self.system_id, 15),
            ("password", self.password.expose(), 8),
            ("system_type", &self.system_type, 12),
        ];
        for (key, text, most) in texts {
            if text.len() > most || !text.bytes().all(|b| (0x20..0x7F).contains(&b)) {
                return Some((
                    key,
                    format!("has to be ASCII, at most {most} characters: the protocol has no room for more"),
                ));
            }
        }
        if self.inactivity <= self.enquire_link {
            return Some(("inactivity_s", "has to be longer than enquire_link_s".to_owned()));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_protocol_has_no_room_for_is_refused_by_its_key() {
        let good = SmppGateway::new("smsc.example", 2775, "aftercall", Secret::new("12345678".to_owned()));
        assert_eq!(good.fault(), None);
        let wrong = |change: fn(&mut SmppGateway)| {
            let mut gateway = good.clone();
            change(&mut gateway);
            gateway.fault().map(|(key, _)| key)
        };
        assert_eq!(wrong(|g| g.addresses.clear()), Some("addresses"));
        assert_eq!(wrong(|g| g.password = Secret::new("123456789".to_owned())), Some("password"));
        assert_eq!(wrong(|g| g.system_id = "ü".to_owned()), Some("system_id"));
        assert_eq!(wrong(|g| g.system_type = "1234567890123".to_owned()), Some("system_type"));
        assert_eq!(wrong(|g| g.inactivity = g.enquire_link), Some("inactivity_s"));
    }
}
