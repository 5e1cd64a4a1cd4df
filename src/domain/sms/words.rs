//! Words as they are compared: the same however a phone writes them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is said around what is meant, as [`plain`] makes it.
const COURTESY: [&str; 32] = [
    "please",
    "pls",
    "plz",
    "thanks",
    "thank",
    "you",
    "thankyou",
    "thx",
    "ty",
    "now",
    "hi",
    "hello",
    "por",
    "favor",
    "muchas",
    "gracias",
    "hola",
    "merci",
    "beaucoup",
    "danke",
    "bitte",
    "obrigado",
    "obrigada",
    "شكرا",
    "جزيلا",
    "لكم",
    "من",
    "فضلك",
    "رجاء",
    "لطفا",
    "شكريه",
    "مهرباني",
];

/// Signs that end what is said.
const ENDS: [char; 13] = [
    '.', '!', ',', ';', ':', '?', '\n', '\u{2026}', '\u{2014}', '\u{061F}', '\u{060C}', '\u{061B}',
    '\u{06D4}',
];

/// A text in small letters and single spaces, without marks, punctuation and emoji, and with letters of Arabic script that are
/// written in several ways in one of them.
pub(in crate::domain) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            // The stroke that only stretches a word, apostrophes, and signs that have no width.
            '\u{0640}'
            | '\''
            | '\u{2019}'
            | '\u{00AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2060}'
            | '\u{FEFF}' => {}
            'ٱ' => plain.push('ا'),
            'ى' | 'ی' => plain.push('ي'),
            'ک' => plain.push('ك'),
            'ہ' | 'ھ' | 'ة' => plain.push('ه'),
            c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain words without those of courtesy before and after them.
pub(in crate::domain) fn without_courtesy(plain: &str) -> String {
    let words: Vec<&str> = plain.split_whitespace().collect();
    let is_meant = |word: &&str| !COURTESY.contains(word);
    let first = words.iter().position(is_meant).unwrap_or(words.len());
    let last = words.iter().rposition(is_meant).map_or(first, |last| last + 1);
    words.get(first..last).unwrap_or_default().join(" ")
}

/// What is said first, up to a mark of punctuation, in plain words and without courtesy: `stop` of `Hello! Stop, thank you.`
pub(in crate::domain) fn first_said(text: &str) -> String {
    let parts = text.split(ENDS).flat_map(|part| part.split(" - "));
    parts.map(|part| without_courtesy(&plain(part))).find(|part| !part.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_alike() {
        for (text, expected) in [
            ("  STOP!! ", "stop"),
            ("Opt-Out", "opt out"),
            ("Don’t", "dont"),
            ("ＳＴＯＰ 5️⃣", "stop 5"),
            ("ARRÊT", "arret"),
            ("إيقـــاف", "ايقاف"),
            ("خمسة", "خمسه"),
            ("🛑", ""),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn courtesy_is_no_part_of_what_is_meant() {
        assert_eq!(without_courtesy("please stop now thank you"), "stop");
        assert_eq!(without_courtesy("thank you"), "");
        assert_eq!(without_courtesy("you stop you please me"), "stop you please me");
        assert_eq!(first_said("Hello! Stop, thank you."), "stop");
        assert_eq!(first_said("stop - it is late"), "stop");
        assert_eq!(first_said("?!"), "");
    }

    #[test]
    fn words_of_courtesy_are_plain() {
        for word in COURTESY {
            assert_eq!(plain(word), word);
        }
    }
}
