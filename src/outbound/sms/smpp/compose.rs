//! A message as the requests by which it is handed over, one for each part.

use chrono::{DateTime, Utc};
use rusmpp_core::pdus::owned::SubmitSm;
use rusmpp_core::tlvs::owned::MessageSubmissionRequestTlvValue as Parameter;
use rusmpp_core::types::owned::{AnyOctetString, COctetString, EmptyOrFullCOctetString, OctetString};
use rusmpp_core::values::owned::MessagePayload;
use rusmpp_core::values::{DataCoding, EsmClass, Npi, RegisteredDelivery, Ton};

use crate::domain::sms::{Coding, Encoded, decode, decode_ucs2};
use crate::foundation::SmppGateway;
use crate::foundation::smpp::{LongMessages, NumberKind, SmppValidity, SmscAlphabet};
use crate::outbound::sms::Submission;

/// Digits that a sender has at most to be a short code.
const SHORT_CODE: usize = 8;
/// The escape of the GSM alphabet, which is not parted from what follows it.
const ESCAPE: u8 = 0x1B;
/// UTF-16, big-endian, as `data_coding`.
const UCS2: u8 = 8;
/// In `esm_class`: the text begins with a header.
const HAS_HEADER: u8 = 0x40;

/// The requests of a message, in order; why there are none where it cannot be written so.
pub(super) fn compose(
    submission: &Submission,
    gateway: &SmppGateway,
    receipts: bool,
    now: DateTime<Utc>,
) -> Result<Vec<SubmitSm>, String> {
    let (coding, parts) = octets(&submission.encoded, gateway);
    let total = u8::try_from(parts.len()).map_err(|_| "the text has too many parts".to_owned())?;
    let base = base(submission, gateway, receipts, now)?;
    let is_whole = parts.len() == 1;
    if !is_whole && gateway.long_messages == LongMessages::Payload {
        let whole = AnyOctetString::from_vec(parts.concat());
        let mut pdu = base;
        pdu.data_coding = DataCoding::from(coding);
        pdu.push_tlv(Parameter::MessagePayload(MessagePayload::new(whole)));
        return Ok(vec![pdu]);
    }
    let numbered = (1..=total).zip(parts);
    numbered
        .map(|(number, octets)| {
            let mut pdu = base.clone();
            pdu.data_coding = DataCoding::from(coding);
            let text = if is_whole {
                octets
            } else {
                part(&mut pdu, &octets, submission.reference, (number, total), gateway.long_messages)
            };
            pdu.set_short_message(OctetString::from_vec(text).map_err(|_| "a part is too long".to_owned())?);
            Ok(pdu)
        })
        .collect()
}

/// Marks a request as a part of several; its text, with a header where it has one.
fn part(
    pdu: &mut SubmitSm,
    octets: &[u8],
    reference: u16,
    (number, total): (u8, u8),
    how: LongMessages,
) -> Vec<u8> {
    let [high, low] = reference.to_be_bytes();
    let header = match how {
        LongMessages::Udh8 => vec![5, 0, 3, low, total, number],
        LongMessages::Udh16 => vec![6, 8, 4, high, low, total, number],
        LongMessages::Sar | LongMessages::Payload => {
            pdu.push_tlv(Parameter::SarMsgRefNum(reference));
            pdu.push_tlv(Parameter::SarTotalSegments(total));
            pdu.push_tlv(Parameter::SarSegmentSeqnum(number));
            return octets.to_vec();
        }
    };
    pdu.esm_class = EsmClass::from(HAS_HEADER);
    [header.as_slice(), octets].concat()
}

/// What all parts of a message have in common.
fn base(
    submission: &Submission,
    gateway: &SmppGateway,
    receipts: bool,
    now: DateTime<Utc>,
) -> Result<SubmitSm, String> {
    let (from, source) = sender(&submission.from, gateway);
    let to = submission.to.trim_start_matches('+');
    let destination = gateway.destination.unwrap_or(NumberKind { ton: 1, npi: 1 });
    let pdu = SubmitSm::builder()
        .source_addr_ton(Ton::from(source.ton))
        .source_addr_npi(Npi::from(source.npi))
        .source_addr(address(from).ok_or("the sender cannot be written in this protocol")?)
        .dest_addr_ton(Ton::from(destination.ton))
        .dest_addr_npi(Npi::from(destination.npi))
        .destination_addr(address(to).ok_or("the recipient cannot be written in this protocol")?)
        // What the library has as its default says that the message is an acknowledgement.
        .esm_class(EsmClass::from(0))
        .validity_period(validity(submission.expires_at, now, gateway.validity))
        .registered_delivery(RegisteredDelivery::from(u8::from(receipts)));
    Ok(pdu.build())
}

fn address(text: &str) -> Option<COctetString<1, 21>> {
    COctetString::from_string(text.to_owned()).ok()
}

/// A sender as the protocol writes it, with its type and plan: international, a short code, or letters.
fn sender<'a>(from: &'a str, gateway: &SmppGateway) -> (&'a str, NumberKind) {
    let digits = from.trim_start_matches('+');
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let kind = match (is_number, from.starts_with('+') || digits.len() > SHORT_CODE) {
        (true, true) => NumberKind { ton: 1, npi: 1 },
        (true, false) => NumberKind { ton: 3, npi: 0 },
        (false, _) => NumberKind { ton: 5, npi: 0 },
    };
    (if is_number { digits } else { from }, gateway.source.unwrap_or(kind))
}

/// The end of a message's use: 16 characters, or none.
fn validity(until: DateTime<Utc>, now: DateTime<Utc>, how: SmppValidity) -> EmptyOrFullCOctetString<17> {
    let left = (until - now).num_seconds().max(60);
    let text = match how {
        SmppValidity::None => return EmptyOrFullCOctetString::empty(),
        SmppValidity::Absolute => until.format("%y%m%d%H%M%S000+").to_string(),
        SmppValidity::Relative => {
            let days = (left / 86_400).min(30);
            let (hours, minutes, seconds) = (left / 3_600 % 24, left / 60 % 60, left % 60);
            format!("0000{days:02}{hours:02}{minutes:02}{seconds:02}000R")
        }
    };
    EmptyOrFullCOctetString::from_string(text).unwrap_or_else(|_| EmptyOrFullCOctetString::empty())
}

/// The parts as octets of the gateway's alphabet, with their `data_coding`.
fn octets(encoded: &Encoded, gateway: &SmppGateway) -> (u8, Vec<Vec<u8>>) {
    let is_long = encoded.parts.len() > 1;
    // A header of one octet more takes the room of one unit.
    let room = if gateway.long_messages == LongMessages::Udh16 { (152, 66) } else { (153, 67) };
    let most = |(gsm, ucs2): (usize, usize)| if encoded.coding == Coding::Gsm { gsm } else { ucs2 * 2 };
    let parts = if is_long && encoded.parts.iter().any(|part| part.len() > most(room)) {
        again(&encoded.parts.concat(), encoded.coding, most(room))
    } else {
        encoded.parts.clone()
    };
    match (encoded.coding, gateway.alphabet) {
        (Coding::Ucs2, _) => (UCS2, parts),
        (Coding::Gsm, SmscAlphabet::Gsm) => (0, parts),
        (Coding::Gsm, SmscAlphabet::Latin1) => match parts.iter().map(|part| latin1(part)).collect() {
            Some(parts) => (0, parts),
            // It has no euro sign and no Greek letters.
            None => (UCS2, as_ucs2(&parts.concat(), room.1)),
        },
    }
}

/// Septets as ISO 8859-1, if it has all of them.
fn latin1(septets: &[u8]) -> Option<Vec<u8>> {
    decode(septets).chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// Septets as UTF-16, in as many parts as that takes.
fn as_ucs2(septets: &[u8], units: usize) -> Vec<Vec<u8>> {
    let whole: Vec<u8> = decode(septets).encode_utf16().flat_map(u16::to_be_bytes).collect();
    let (single, _) = Coding::Ucs2.units();
    if whole.len() <= single * 2 { vec![whole] } else { again(&whole, Coding::Ucs2, units * 2) }
}

/// Cuts octets into parts of at most `most`; what makes one character stays together.
fn again(whole: &[u8], coding: Coding, most: usize) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = vec![Vec::new()];
    let mut rest = whole;
    while let Some(first) = rest.first() {
        let length = match coding {
            Coding::Gsm => 1 + usize::from(*first == ESCAPE),
            Coding::Ucs2 => 2 + 2 * usize::from((0xD8..0xDC).contains(first)),
        };
        let (taken, left) = rest.split_at(length.min(rest.len()));
        rest = left;
        match parts.last_mut() {
            Some(last) if last.len() + taken.len() <= most => last.extend_from_slice(taken),
            _ => parts.push(taken.to_vec()),
        }
    }
    debug_assert_eq!(text_of(&parts, coding), text_of(&[whole.to_vec()], coding));
    parts
}

fn text_of(parts: &[Vec<u8>], coding: Coding) -> String {
    match coding {
        Coding::Gsm => decode(&parts.concat()),
        Coding::Ucs2 => decode_ucs2(&parts.concat()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};
    use rusmpp_core::CommandStatus;
    use tokio_util::bytes::BytesMut;

    use super::super::pdu;
    use super::*;
    use crate::domain::sms::{Writing, encode};
    use crate::foundation::Secret;

    fn gateway() -> SmppGateway {
        SmppGateway::new("smsc.example", 2775, "me", Secret::new("secret".to_owned()))
    }

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 9, 12, 0, 0).unwrap()
    }

    fn message(text: &str, from: &str) -> Submission {
        let writing = Writing { transliterate: false, parts_most: 10 };
        Submission {
            key: "0".repeat(32),
            to: "+447700900000".to_owned(),
            from: from.to_owned(),
            text: text.to_owned(),
            encoded: encode(text, writing).unwrap(),
            reference: 0x0A0B,
            expires_at: now() + TimeDelta::hours(26) + TimeDelta::seconds(5),
        }
    }

    fn pdus(text: &str, change: fn(&mut SmppGateway)) -> Vec<SubmitSm> {
        let mut gateway = gateway();
        change(&mut gateway);
        compose(&message(text, "12345"), &gateway, true, now()).unwrap()
    }

    fn text(pdu: &SubmitSm) -> &[u8] {
        pdu.short_message().as_ref()
    }

    #[test]
    fn a_sender_is_written_as_what_it_is() {
        let of = |from: &str| {
            let pdus = compose(&message("hi", from), &gateway(), false, now()).unwrap();
            let pdu = &pdus[0];
            assert_eq!(u8::from(pdu.registered_delivery), 0);
            assert_eq!((u8::from(pdu.dest_addr_ton), u8::from(pdu.dest_addr_npi)), (1, 1));
            assert_eq!(pdu.destination_addr.as_str(), "447700900000");
            (
                pdu.source_addr.as_str().to_owned(),
                u8::from(pdu.source_addr_ton),
                u8::from(pdu.source_addr_npi),
            )
        };
        assert_eq!(of("+447700900123"), ("447700900123".to_owned(), 1, 1));
        assert_eq!(of("447700900123"), ("447700900123".to_owned(), 1, 1));
        assert_eq!(of("12345"), ("12345".to_owned(), 3, 0));
        assert_eq!(of("Aftercall"), ("Aftercall".to_owned(), 5, 0));
        let own = pdus("hi", |g| g.source = Some(NumberKind { ton: 0, npi: 9 }));
        assert_eq!((u8::from(own[0].source_addr_ton), u8::from(own[0].source_addr_npi)), (0, 9));
        let umlaut = compose(&message("hi", "Müller"), &gateway(), false, now());
        assert!(umlaut.unwrap_err().contains("sender"));
    }

    #[test]
    fn what_is_sent_is_what_the_protocol_says_octet_by_octet() {
        let pdu = pdus("hi", |g| g.validity = SmppValidity::None).remove(0);
        let mut out = BytesMut::new();
        pdu::put(&mut out, CommandStatus::EsmeRok, 9, pdu);
        let mut expected = vec![0, 0, 0, 52, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9, 0, 3, 0];
        expected.extend_from_slice(b"12345\0\x01\x01447700900000\0");
        // Class, protocol, priority; no times; a receipt is asked for, nothing is replaced; coding, no text of theirs, two octets.
        expected.extend_from_slice(&[0, 0, 0, 0, 0, 1, 0, 0, 0, 2, b'h', b'i']);
        assert_eq!(&out[..], expected);
    }

    #[test]
    fn parts_are_marked_as_the_route_says() {
        let long = "x".repeat(200);
        let udh8 = pdus(&long, |_| {});
        assert_eq!(udh8.len(), 2);
        assert_eq!(text(&udh8[0])[..6], [5, 0, 3, 0x0B, 2, 1]);
        assert_eq!(text(&udh8[1])[..6], [5, 0, 3, 0x0B, 2, 2]);
        assert_eq!((text(&udh8[0]).len(), text(&udh8[1]).len()), (159, 6 + 47));
        assert!(udh8.iter().all(|pdu| u8::from(pdu.esm_class) == 0x40));
        assert!(udh8.iter().all(|pdu| u8::from(pdu.registered_delivery) == 1));
        let udh16 = pdus(&long, |g| g.long_messages = LongMessages::Udh16);
        assert_eq!(text(&udh16[1])[..7], [6, 8, 4, 0x0A, 0x0B, 2, 2]);
        assert_eq!((text(&udh16[0]).len(), text(&udh16[1]).len()), (7 + 152, 7 + 48));
        let sar = pdus(&long, |g| g.long_messages = LongMessages::Sar);
        assert_eq!((text(&sar[0]).len(), u8::from(sar[0].esm_class), sar[0].tlvs().len()), (153, 0, 3));
        let payload = pdus(&long, |g| g.long_messages = LongMessages::Payload);
        assert_eq!((payload.len(), text(&payload[0]).len(), payload[0].tlvs().len()), (1, 0, 1));
        let short = pdus("short", |g| g.long_messages = LongMessages::Payload);
        assert_eq!((text(&short[0]), u8::from(short[0].esm_class)), (&b"short"[..], 0));
    }

    #[test]
    fn a_part_that_is_cut_again_splits_no_character() {
        let euro = format!("{}€{}", "a".repeat(151), "b".repeat(100));
        let parts = pdus(&euro, |g| g.long_messages = LongMessages::Udh16);
        assert_eq!(text(&parts[0]).len(), 7 + 151);
        assert_eq!(text(&parts[1])[7..9], [ESCAPE, 0x65]);
        let smile = format!("{}😀{}", "ő".repeat(65), "ő".repeat(60));
        let parts = pdus(&smile, |g| g.long_messages = LongMessages::Udh16);
        assert_eq!(text(&parts[0]).len(), 7 + 130);
        assert_eq!(u8::from(parts[0].data_coding), UCS2);
    }

    #[test]
    fn an_alphabet_of_the_gateway_is_kept_or_left() {
        let latin = pdus("é@{", |g| g.alphabet = SmscAlphabet::Latin1);
        assert_eq!((text(&latin[0]), u8::from(latin[0].data_coding)), (&[0xE9, b'@', b'{'][..], 0));
        assert_eq!(text(&pdus("é@", |_| {})[0]), [5, 0]);
        let euro = pdus(&format!("€{}", "a".repeat(99)), |g| g.alphabet = SmscAlphabet::Latin1);
        assert_eq!((euro.len(), u8::from(euro[0].data_coding)), (2, UCS2));
        assert_eq!(text(&euro[0])[6..8], [0x20, 0xAC]);
        assert_eq!(text(&euro[0]).len(), 6 + 134);
    }

    #[test]
    fn the_end_of_its_use_is_told_as_the_route_says() {
        let until = |change: fn(&mut SmppGateway)| pdus("hi", change)[0].validity_period.to_string();
        assert_eq!(until(|_| {}), "260310140005000+");
        assert_eq!(until(|g| g.validity = SmppValidity::Relative), "000001020005000R");
        assert_eq!(until(|g| g.validity = SmppValidity::None), "");
    }
}
