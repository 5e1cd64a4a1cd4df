//! What is put in a text's place where a phone's alphabet has only something like it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::gsm::septets;

/// Signs that word processors put, by those that the alphabet has.
fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}'..='\u{201B}' | '\u{2039}' | '\u{203A}' | '\u{2032}' | '\u{00B4}' | '\u{0060}' => "'",
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2026}' => "...",
        '\u{00A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\t' => " ",
        '\u{00AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => "",
        '\u{2022}' | '\u{00B7}' => "*",
        _ => return None,
    })
}

/// Puts plain quotation marks, dashes and spaces in the place of typographic ones, which only look a little different.
/// Not in a text that no folding brings into the alphabet: there they cost nothing.
pub(super) fn signs(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match sign(c) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(c),
        }
    }
    folded
}

/// Takes the marks off Latin letters that the alphabet does not have: `ç` becomes `c`, `é` stays. Nothing of any other script is
/// touched.
pub(super) fn letters(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let mut plain = String::with_capacity(composed.len());
    for c in composed.chars() {
        if septets(c).is_some() || !is_latin(c) {
            plain.push(c);
            continue;
        }
        match of_its_own(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.extend(std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c))),
        }
    }
    plain
}

/// Letters of Latin-1 Supplement, Latin Extended-A and -B, and Latin Extended Additional.
fn is_latin(c: char) -> bool {
    matches!(c, 'ª' | 'º' | '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}')
}

/// Latin letters that are not a plain one with a mark.
fn of_its_own(c: char) -> Option<&'static str> {
    Some(match c {
        // Of Spanish numbers: `1º`.
        'ª' => "a",
        'º' => "o",
        'ı' => "i",
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'œ' => "oe",
        'Œ' => "OE",
        'ħ' => "h",
        'Ħ' => "H",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ĸ' => "k",
        'ŋ' => "n",
        'Ŋ' => "N",
        _ => return None,
    })
}
