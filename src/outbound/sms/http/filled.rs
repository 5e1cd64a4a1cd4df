//! What the places of a request stand for, for one message or one part of it.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::signature::receipt_mac;
use crate::domain::sms::{Coding, decode, decode_ucs2};
use crate::foundation::sms::http::{HttpCallbacks, HttpGateway, HttpPlace, HttpValues, PartsBy, percent};
use crate::outbound::sms::Submission;

/// A part of a message on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    /// From 1.
    number: u8,
    of: u8,
}

/// One request's values.
pub(super) struct Filled<'a> {
    gateway: &'a HttpGateway,
    submission: &'a Submission,
    part: Option<Part>,
    /// One septet in a byte, or two bytes for each unit of UTF-16.
    units: Vec<u8>,
    key: String,
    receipt_url: String,
    wants_receipts: bool,
    now: DateTime<Utc>,
}

impl<'a> Filled<'a> {
    /// The requests that a message takes, in order: one, or one for each part.
    pub(super) fn all(
        gateway: &'a HttpGateway,
        submission: &'a Submission,
        (route, wants_receipts): (&str, bool),
        now: DateTime<Utc>,
    ) -> Vec<Self> {
        let parts = &submission.encoded.parts;
        let apart = gateway.parts_by == PartsBy::Header && parts.len() > 1;
        let pieces: Vec<(Option<Part>, Vec<u8>)> = if apart {
            let of = u8::try_from(parts.len()).unwrap_or(u8::MAX);
            (1..=of).zip(parts).map(|(number, units)| (Some(Part { number, of }), units.clone())).collect()
        } else {
            vec![(None, parts.concat())]
        };
        let fill = |(part, units): (Option<Part>, Vec<u8>)| {
            let key = match part {
                Some(part) => format!("{}-{}", submission.key, part.number),
                None => submission.key.clone(),
            };
            let callbacks = gateway.callbacks.as_ref().filter(|_| wants_receipts);
            let receipt_url =
                callbacks.map(|callbacks| receipt_url(callbacks, route, &key)).unwrap_or_default();
            Self { gateway, submission, part, units, key, receipt_url, wants_receipts, now }
        };
        pieces.into_iter().map(fill).collect()
    }

    /// Our key of what is sent.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The text as it was put into the alphabet: nothing that the gateway would have to replace is in it.
    fn text(&self) -> String {
        match self.submission.encoded.coding {
            Coding::Gsm => decode(&self.units),
            Coding::Ucs2 => decode_ucs2(&self.units),
        }
    }

    /// The header that makes a part one of several (3GPP TS 23.040, section 9.2.3.24.1), with its length before it. A reference of
    /// one byte: with two a part of GSM 03.38 would hold a septet less.
    fn header(&self) -> Vec<u8> {
        let [_, reference] = self.submission.reference.to_be_bytes();
        self.part.map(|part| vec![5, 0, 3, reference, part.of, part.number]).unwrap_or_default()
    }

    /// For how long the message is still of use, in milliseconds: a minute at least, and no longer than the gateway takes.
    fn validity_ms(&self) -> u64 {
        let left = (self.submission.expires_at - self.now).num_milliseconds();
        let longest = u64::try_from(self.gateway.validity_longest.as_millis()).unwrap_or(u64::MAX);
        u64::try_from(left).unwrap_or_default().clamp(60_000, longest.max(60_000))
    }
}

impl HttpValues for Filled<'_> {
    fn value(&self, place: HttpPlace) -> Vec<u8> {
        let Submission { to, from, .. } = self.submission;
        let plain = |number: &str| number.trim_start_matches('+').to_owned();
        match place {
            HttpPlace::To => to.clone(),
            HttpPlace::ToDigits => plain(to),
            HttpPlace::From => from.clone(),
            HttpPlace::FromDigits => plain(from),
            HttpPlace::Text => self.text(),
            HttpPlace::TextHex => hex(&self.units),
            HttpPlace::Udh => return self.header(),
            HttpPlace::UdhHex => hex(&self.header()),
            HttpPlace::Coding => {
                let [gsm, ucs2] = &self.gateway.coding_words;
                match self.submission.encoded.coding {
                    Coding::Gsm => gsm.clone(),
                    Coding::Ucs2 => ucs2.clone(),
                }
            }
            HttpPlace::Key => self.key.clone(),
            HttpPlace::ValidityMinutes => (self.validity_ms() / 60_000).to_string(),
            HttpPlace::ValiditySeconds => (self.validity_ms() / 1000).to_string(),
            HttpPlace::ValidityMs => self.validity_ms().to_string(),
            HttpPlace::ExpiresAt => self.submission.expires_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            HttpPlace::Receipts if self.wants_receipts => self.gateway.receipts_word.clone(),
            HttpPlace::Receipts => String::new(),
            HttpPlace::ReceiptUrl => self.receipt_url.clone(),
            HttpPlace::Username => self.gateway.username.clone(),
            HttpPlace::Password => self.gateway.password.expose().clone(),
        }
        .into_bytes()
    }
}

/// Where a gateway tells what became of what has this key: nobody else can make such an address.
fn receipt_url(callbacks: &HttpCallbacks, route: &str, key: &str) -> String {
    let mac = receipt_mac(&callbacks.secret, route, key);
    let own = format!("{}?key={}&mac={mac}", callback_url(callbacks, route), percent(key.as_bytes()));
    let more = &callbacks.receipt_query;
    if more.is_empty() { own } else { format!("{own}&{more}") }
}

/// Where a route's gateway calls.
pub(super) fn callback_url(callbacks: &HttpCallbacks, route: &str) -> String {
    format!("{}/sms/v1/{route}/callback", callbacks.base)
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{octet:02X}");
        text
    })
}
