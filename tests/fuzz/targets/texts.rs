//! Text messages, as people write them into surveys and as phones send them. The input: a kind by the first byte, then text or, for
//! what gateways send, octets.
#![no_main]

use aftercall::domain::sms::{
    Coding, PARTS_MOST, PhoneNumber, Region, Template, Values, Wish, Writing, as_sent, decode, decode_ucs2,
    encode, masked, measure, wish_of,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [kind, rest @ ..] = data else { return };
    let text = String::from_utf8_lossy(rest);
    match kind % 5 {
        0 => written(&text, kind & 0x80 != 0),
        1 => number(&text),
        2 => template(&text),
        3 => wish(&text),
        _ => came(rest),
    }
});

/// What is sent is what was written, in parts that fit, none of which splits a character.
fn written(text: &str, transliterate: bool) {
    let writing = Writing { transliterate, parts_most: PARTS_MOST };
    let measured = measure(text, writing);
    let Ok(encoded) = encode(text, writing) else { return };
    let (single, several) = encoded.coding.units();
    let most = if encoded.parts.len() > 1 { several } else { single };
    let read = |octets: &[u8]| match encoded.coding {
        Coding::Gsm => decode(octets),
        Coding::Ucs2 => decode_ucs2(octets),
    };
    let unit = if encoded.coding == Coding::Gsm { 1 } else { 2 };
    assert!(encoded.parts.iter().all(|part| !part.is_empty() && part.len() <= most * unit));
    let sent = as_sent(text, writing);
    assert_eq!(encoded.parts.iter().map(|part| read(part)).collect::<String>(), sent, "part by part");
    assert_eq!(as_sent(&sent, writing), sent, "what is folded stays so");
    assert_eq!((measured.coding, measured.parts), (encoded.coding, encoded.parts.len()));
    assert_eq!(measured.forced.is_empty(), encoded.coding == Coding::Gsm);
}

/// A number that was read is read again as itself, and never shown.
fn number(text: &str) {
    for region in [None, Region::parse("ES"), Region::parse("US"), Region::parse("PK")] {
        let Ok(number) = PhoneNumber::read(text, region) else { continue };
        assert_eq!(PhoneNumber::read(number.as_str(), None).as_ref(), Ok(&number));
        assert!(!format!("{number:?} {}", masked(text)).contains(number.as_str()));
        assert!(number.spellings().contains(&number.as_str().to_owned()));
        let _ = (number.may_get_texts(), number.zones());
    }
}

fn template(text: &str) {
    let Ok(template) = Template::parse(text) else { return };
    let nothing = Values { link: "", question: "", service: "", agent: "", survey: "" };
    assert!(template.render(&nothing).len() <= text.len());
}

/// Marks and capitals make no difference to what somebody wants.
fn wish(text: &str) {
    let wish = wish_of(text, &[]);
    if wish != Wish::Other {
        assert_eq!(wish_of(&format!(" {text}!!! 🛑"), &[]), wish);
        assert_eq!(wish_of(text, &[String::new()]), wish);
    }
}

fn came(octets: &[u8]) {
    assert!(decode(octets).chars().count() <= octets.len());
    assert!(decode_ucs2(octets).chars().count() <= octets.len() / 2);
}
