//! What comes over the line, read as leniently as it can be: the types of `rusmpp-core` hold every field to its limits, and
//! gateways hold to few of them. What is sent is made of those types.

use rusmpp_core::command::owned::Command;
use rusmpp_core::encode::Length;
use rusmpp_core::encode::owned::Encode;
use rusmpp_core::pdus::owned::Pdu;
use rusmpp_core::{CommandId, CommandStatus};
use tokio_util::bytes::{BufMut, BytesMut};
use tokio_util::codec::LengthDelimitedCodec;

/// Octets of a PDU at most: a text of 64 KB in `message_payload`, and what goes with it.
pub(super) const PDU_LONGEST: usize = 70_000;
/// Octets of the four numbers at the beginning of each.
const HEADER: usize = 16;

const TAG_MESSAGE_ID: u16 = 0x001E;
const TAG_SAR_REFERENCE: u16 = 0x020C;
const TAG_SAR_TOTAL: u16 = 0x020E;
const TAG_SAR_NUMBER: u16 = 0x020F;
const TAG_NETWORK_ERROR: u16 = 0x0423;
const TAG_PAYLOAD: u16 = 0x0424;
const TAG_STATE: u16 = 0x0427;

/// The codec that cuts the line into PDUs, each without its length.
pub(super) fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .length_field_offset(0)
        .length_field_length(4)
        .length_adjustment(-4)
        .num_skip(4)
        .max_frame_length(PDU_LONGEST)
        .new_codec()
}

/// Appends a PDU with its length to what is to be written.
pub(super) fn put(out: &mut BytesMut, status: CommandStatus, sequence: u32, pdu: impl Into<Pdu>) {
    let command = Command::new(status, sequence, pdu);
    let length = command.length() + 4;
    out.reserve(length);
    out.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    command.encode(out);
}

/// Appends a response whose body is one empty text, as that of a delivery is.
pub(super) fn put_empty_text(out: &mut BytesMut, command: CommandId, status: CommandStatus, sequence: u32) {
    out.put_u32(17);
    for number in [u32::from(command), u32::from(status), sequence] {
        out.put_u32(number);
    }
    out.put_u8(0);
}

/// The numbers at the beginning of a PDU, without its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) command: CommandId,
    pub(super) status: u32,
    pub(super) sequence: u32,
}

/// Reads the beginning of a PDU without its length; `None` where it is shorter.
pub(super) fn head(frame: &[u8]) -> Option<(Head, &[u8])> {
    let mut reader = Reader(frame);
    let (command, status, sequence) = (reader.u32()?, reader.u32()?, reader.u32()?);
    debug_assert_eq!(frame.len() - reader.0.len() + 4, HEADER);
    Some((Head { command: CommandId::from(command), status, sequence }, reader.0))
}

/// The id in a response to a message; empty where there is none. One without its last zero is one, too.
pub(super) fn message_id(body: &[u8]) -> String {
    let end = body.iter().position(|octet| *octet == 0).unwrap_or(body.len());
    clean(body.get(..end).unwrap_or_default())
}

/// What a gateway delivers: a receipt, or a message from a phone.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Delivered {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) esm_class: u8,
    pub(super) coding: u8,
    /// The text, with its header where `esm_class` says that there is one.
    pub(super) octets: Vec<u8>,
    /// `receipted_message_id`.
    pub(super) id: Option<String>,
    /// `message_state`.
    pub(super) state: Option<u8>,
    /// The code of `network_error_code`.
    pub(super) error: Option<u16>,
    /// Reference, number and total of a part.
    pub(super) part: Option<(u16, u8, u8)>,
}

/// Reads the body of a `deliver_sm`; `None` where it ends too early.
pub(super) fn deliver_sm(body: &[u8]) -> Option<Delivered> {
    let mut reader = Reader(body);
    let mut it = addresses(&mut reader)?;
    it.esm_class = reader.u8()?;
    // Protocol and priority; when to deliver, until when; whether receipts are asked for, and what is replaced.
    reader.take(2)?;
    reader.text()?;
    reader.text()?;
    reader.take(2)?;
    it.coding = reader.u8()?;
    reader.u8()?;
    let length = reader.u8()?;
    it.octets = reader.take(usize::from(length))?.to_vec();
    parameters(&mut reader, &mut it);
    Some(it)
}

/// Reads the body of a `data_sm`.
pub(super) fn data_sm(body: &[u8]) -> Option<Delivered> {
    let mut reader = Reader(body);
    let mut it = addresses(&mut reader)?;
    it.esm_class = reader.u8()?;
    reader.u8()?;
    it.coding = reader.u8()?;
    parameters(&mut reader, &mut it);
    Some(it)
}

fn addresses(reader: &mut Reader<'_>) -> Option<Delivered> {
    reader.text()?;
    reader.take(2)?;
    let from = clean(reader.text()?);
    reader.take(2)?;
    let to = clean(reader.text()?);
    Some(Delivered { from, to, ..Delivered::default() })
}

/// Reads optional parameters up to where they are none any more.
fn parameters(reader: &mut Reader<'_>, it: &mut Delivered) {
    let (mut reference, mut number, mut total) = (None, None, None);
    while let Some((tag, value)) = reader.parameter() {
        let first = value.first().copied();
        match tag {
            TAG_MESSAGE_ID => it.id = Some(message_id(value)).filter(|id| !id.is_empty()),
            TAG_STATE => it.state = first,
            TAG_NETWORK_ERROR => it.error = value.get(1..3).and_then(|code| Reader(code).u16()),
            TAG_PAYLOAD if !value.is_empty() => it.octets = value.to_vec(),
            TAG_SAR_REFERENCE => reference = Reader(value).u16(),
            TAG_SAR_NUMBER => number = first,
            TAG_SAR_TOTAL => total = first,
            _ => {}
        }
    }
    it.part = reference.zip(number).zip(total).map(|((reference, number), total)| (reference, number, total));
}

/// Letters of an address or an id, without what no such thing has.
fn clean(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets);
    text.trim().chars().filter(|c| !c.is_control()).take(255).collect()
}

/// Reads one after the other; nothing is taken where there is not enough.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, octets: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(octets)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A text that ends with a zero, without it.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.0.iter().position(|octet| *octet == 0)?;
        let text = self.take(length)?;
        self.u8()?;
        Some(text)
    }

    fn parameter(&mut self) -> Option<(u16, &'a [u8])> {
        let tag = self.u16()?;
        let length = self.u16()?;
        Some((tag, self.take(usize::from(length))?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusmpp_core::pdus::owned::{DeliverSm, SubmitSmResp};
    use rusmpp_core::tlvs::owned::MessageDeliveryRequestTlvValue as Tlv;
    use rusmpp_core::types::owned::{COctetString, OctetString};
    use rusmpp_core::values::{DataCoding, EsmClass, MessageState};

    use super::super::{joiner::Joiner, receipt};
    use super::*;
    use crate::foundation::smpp::SmscAlphabet;

    fn text<const MIN: usize, const MAX: usize>(text: &str) -> COctetString<MIN, MAX> {
        COctetString::from_string(text.to_owned()).unwrap()
    }

    fn frame(pdu: impl Into<Pdu>) -> BytesMut {
        let mut out = BytesMut::new();
        put(&mut out, CommandStatus::EsmeRok, 7, pdu);
        assert_eq!(u32::from_be_bytes(out[..4].try_into().unwrap()) as usize, out.len());
        out.split_off(4)
    }

    #[test]
    fn what_the_library_writes_is_read_as_it_was_meant() {
        let pdu = DeliverSm::builder()
            .source_addr(text("447700900000"))
            .destination_addr(text("12345"))
            .esm_class(EsmClass::from(4))
            .data_coding(DataCoding::Ucs2)
            .short_message(OctetString::from_slice(b"id:9 stat:DELIVRD").unwrap())
            .push_tlv(Tlv::ReceiptedMessageId(text("00A9")))
            .push_tlv(Tlv::MessageState(MessageState::Delivered))
            .push_tlv(Tlv::SarMsgRefNum(513))
            .push_tlv(Tlv::SarTotalSegments(3))
            .push_tlv(Tlv::SarSegmentSeqnum(2))
            .build();
        let frame = frame(pdu);
        let (head, body) = head(&frame).unwrap();
        assert_eq!(head, Head { command: CommandId::DeliverSm, status: 0, sequence: 7 });
        let read = deliver_sm(body).unwrap();
        assert_eq!((read.from.as_str(), read.to.as_str()), ("447700900000", "12345"));
        assert_eq!((read.esm_class, read.coding), (4, 8));
        assert_eq!(read.octets, b"id:9 stat:DELIVRD");
        assert_eq!((read.id.as_deref(), read.state), (Some("00A9"), Some(2)));
        assert_eq!(read.part, Some((513, 2, 3)));
        // Whatever is cut off, it is no message of its own making, and no panic.
        for length in 0..body.len() {
            if let Some(short) = deliver_sm(&body[..length]) {
                assert_eq!(short.octets, read.octets, "{length}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_that_comes_makes_it_fall(octets in proptest::collection::vec(any::<u8>(), 0..400), class in any::<u8>()) {
            let mut joiner = Joiner::new(SmscAlphabet::Gsm);
            let whole = Delivered { octets: octets.clone(), esm_class: class, coding: class, ..Delivered::default() };
            let body = head(&octets).map_or(&[][..], |(_, body)| body);
            for delivered in [deliver_sm(body), data_sm(body), Some(whole)].into_iter().flatten() {
                let _ = receipt::find(&delivered);
                let _ = joiner.take(delivered, std::time::Duration::ZERO);
            }
            prop_assert!(message_id(&octets).chars().count() <= 255);
        }
    }

    #[test]
    fn an_id_is_read_however_it_ends() {
        let frame = frame(SubmitSmResp::builder().message_id(text("1A2b")).build());
        assert_eq!(message_id(head(&frame).unwrap().1), "1A2b");
        assert_eq!(message_id(b"1A2b"), "1A2b");
        assert_eq!(message_id(b""), "");
        assert_eq!(message_id(&[0]), "");
        assert_eq!(message_id(&[b'7'; 300]).len(), 255);
        assert_eq!(message_id(b"a\xFFb\0"), "a\u{FFFD}b");
    }

    #[test]
    fn parameters_that_nobody_knows_or_that_end_too_early_do_no_harm() {
        let mut body = vec![0, 1, 1];
        body.extend_from_slice(b"49\0\x01\x01\x31\0\0\0\0\0\0\0\0\0\0\x02hi");
        body.extend_from_slice(&[
            0x14, 0x00, 0, 3, 1, 2, 3, 0x04, 0x24, 0, 2, b'y', b'o', 0x00, 0x1E, 0, 99, b'x',
        ]);
        let read = deliver_sm(&body).unwrap();
        assert_eq!((read.octets.as_slice(), read.id), (&b"yo"[..], None));
    }
}
