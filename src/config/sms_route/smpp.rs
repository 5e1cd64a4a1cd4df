//! `[smpp]` of a route's file: where the gateway is, the login, and the manners of its SMPP.

use std::path::PathBuf;
use std::time::Duration;

use super::Common;
use super::secret::secret;
use super::section::{Placed, Section};
use crate::foundation::smpp::{
    LongMessages, NumberKind, SmppBind, SmppTls, SmppValidity, SmscAlphabet, StatusMeaning,
};
use crate::foundation::{Backoff, Secret, SmppGateway};

const ADDRESS_RULE: &str = "host:port, such as smsc.example.com:2775 or [2001:db8::1]:2775";
const KIND_RULE: &str = "TON/NPI, such as 5/0";
const STATUS_RULE: &str =
    "CODE = throttled, not_now, refused, opted_out or route_down, the code in hexadecimal such as 0x445";

/// The gateway that `[smpp]` describes.
pub(super) fn read(section: &Section<'_>, common: &Common<'_>) -> Option<SmppGateway> {
    let addresses = addresses(section);
    if addresses.is_empty() {
        section.missing("addresses", ADDRESS_RULE);
    }
    let system_id = section.text("system_id", "a login").map(|placed| placed.text).unwrap_or_default();
    let password = secret(section, "password", "password_file").unwrap_or_else(|| Secret::new(String::new()));
    let gateway = SmppGateway {
        addresses,
        tls: tls(section),
        bind: bind(section),
        system_id,
        password,
        system_type: section.text("system_type", "a text").map(|placed| placed.text).unwrap_or_default(),
        source: kind(section, "source_ton_npi"),
        destination: kind(section, "destination_ton_npi"),
        enquire_link: seconds(section.integer("enquire_link_s", 1..=600, 30)),
        inactivity: seconds(section.integer("inactivity_s", 2..=1800, 60)),
        connect_timeout: seconds(section.integer("connect_timeout_s", 1..=60, 10)),
        long_messages: long_messages(section),
        alphabet: alphabet(section),
        validity: validity(section),
        statuses: statuses(section),
        reconnect: Backoff { min: Duration::from_secs(1), max: Duration::from_mins(1) },
    };
    if let Some((key, rule)) = gateway.fault().filter(|(key, _)| *key != "addresses") {
        section.problem(format!("{}: {}: {rule}", common.file, section.key(key)));
        return None;
    }
    Some(gateway)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn addresses(section: &Section<'_>) -> Vec<(String, u16)> {
    let mut addresses = Vec::new();
    for Placed { text, place } in section.words("addresses", ADDRESS_RULE).unwrap_or_default() {
        match address(&text) {
            Some(address) => addresses.push(address),
            None => section.refuse("addresses", &text, &place, ADDRESS_RULE),
        }
    }
    addresses
}

fn address(text: &str) -> Option<(String, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let is_fine = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || "/[]@".contains(c));
    let port = port.parse().ok().filter(|port| *port > 0)?;
    is_fine.then(|| (host.to_owned(), port))
}

fn tls(section: &Section<'_>) -> Option<SmppTls> {
    let wanted = section.flag("tls", false);
    let ca_file = section.text("ca_file", "the path of a PEM file").map(|placed| PathBuf::from(placed.text));
    let server_name = section.text("server_name", "a host name").map(|placed| placed.text);
    if !wanted && (ca_file.is_some() || server_name.is_some()) {
        section.missing("tls", "true when ca_file or server_name is set");
    }
    wanted.then_some(SmppTls { ca_file, server_name })
}

fn bind(section: &Section<'_>) -> SmppBind {
    let parse = |word: &str| match word {
        "transceiver" => Some(SmppBind::Transceiver),
        "split" => Some(SmppBind::Split),
        "transmitter" => Some(SmppBind::Transmitter),
        _ => None,
    };
    section.parsed("bind", "transceiver, split or transmitter", parse).unwrap_or(SmppBind::Transceiver)
}

fn kind(section: &Section<'_>, name: &'static str) -> Option<NumberKind> {
    section.parsed(name, KIND_RULE, |text| {
        let (ton, npi) = text.split_once('/')?;
        let digit = |text: &str| text.trim().parse::<u8>().ok().filter(|value| *value < 32);
        Some(NumberKind { ton: digit(ton)?, npi: digit(npi)? })
    })
}

fn long_messages(section: &Section<'_>) -> LongMessages {
    let parse = |word: &str| match word {
        "udh8" => Some(LongMessages::Udh8),
        "udh16" => Some(LongMessages::Udh16),
        "sar" => Some(LongMessages::Sar),
        "payload" => Some(LongMessages::Payload),
        _ => None,
    };
    section.parsed("long_messages", "udh8, udh16, sar or payload", parse).unwrap_or(LongMessages::Udh8)
}

fn alphabet(section: &Section<'_>) -> SmscAlphabet {
    let parse = |word: &str| match word {
        "gsm" => Some(SmscAlphabet::Gsm),
        "latin1" => Some(SmscAlphabet::Latin1),
        _ => None,
    };
    section.parsed("alphabet", "gsm or latin1", parse).unwrap_or(SmscAlphabet::Gsm)
}

fn validity(section: &Section<'_>) -> SmppValidity {
    let parse = |word: &str| match word {
        "absolute" => Some(SmppValidity::Absolute),
        "relative" => Some(SmppValidity::Relative),
        "none" => Some(SmppValidity::None),
        _ => None,
    };
    section.parsed("validity", "absolute, relative or none", parse).unwrap_or(SmppValidity::Absolute)
}

fn statuses(section: &Section<'_>) -> Vec<(u32, StatusMeaning)> {
    let table = section.table("statuses");
    let mut statuses = Vec::new();
    for (code, Placed { text, place }) in table.pairs(STATUS_RULE) {
        let digits = code.strip_prefix("0x").or_else(|| code.strip_prefix("0X"));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let meaning = match text.as_str() {
            "throttled" => Some(StatusMeaning::Throttled),
            "not_now" => Some(StatusMeaning::NotNow),
            "refused" => Some(StatusMeaning::Refused),
            "opted_out" => Some(StatusMeaning::OptedOut),
            "route_down" => Some(StatusMeaning::RouteDown),
            _ => None,
        };
        match number.zip(meaning) {
            Some(status) => statuses.push(status),
            None => table.refuse(&code, &text, &place, STATUS_RULE),
        }
    }
    table.finish();
    statuses
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_are_read_with_their_port() {
        assert_eq!(address("smsc.example.com:2775"), Some(("smsc.example.com".to_owned(), 2775)));
        assert_eq!(address("[2001:db8::1]:2775"), Some(("2001:db8::1".to_owned(), 2775)));
        for wrong in ["smsc.example.com", "smsc:0", "smsc:x", ":2775", "a b:1", "http://a:1"] {
            assert_eq!(address(wrong), None, "{wrong}");
        }
    }
}
