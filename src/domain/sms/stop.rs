//! What somebody means who writes back.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What somebody means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
    /// Something else: an answer, perhaps.
    Other,
}

/// Words by which people say that they want no more messages, as `folded` makes them: those that operators ask for, and those of
/// Spanish, French, German, Portuguese, Arabic and Urdu.
const STOP: [&str; 31] = [
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "optout",
    "opt out",
    "opt-out",
    "baja",
    "alto",
    "cancelar",
    "parar",
    "no mas",
    "arret",
    "arreter",
    "desabonner",
    "stopp",
    "abmelden",
    "sair",
    "ايقاف",
    "اوقف",
    "توقف",
    "قف",
    "الغاء",
    "الغ",
    "روكو",
    "بند",
    "بند كرو",
];

/// Words by which they say that they want them again.
const START: [&str; 9] =
    ["start", "unstop", "subscribe", "alta", "volver", "reprendre", "ابدا", "بدء", "شروع"];

/// What may follow such a word without changing its meaning.
const COURTESY: [&str; 14] = [
    "please", "pls", "thanks", "thank", "you", "thx", "now", "por", "favor", "gracias", "merci", "danke",
    "شكرا", "فضلك",
];

/// What a message means. A word of the lists counts alone, before a mark of punctuation, or before words of courtesy: `Stop.
/// Thank you` and `stop please` do, `stop by the shop tomorrow` does not. `more`: further words for stop.
pub fn wish_of(text: &str, more: &[String]) -> Wish {
    let first =
        text.split(['.', '!', ',', ';', ':', '?', '\n', '\u{061F}', '\u{060C}', '\u{061B}', '\u{06D4}']);
    let first = first.map(folded).find(|part| !part.is_empty()).unwrap_or_default();
    let is_one_of = |known: &str| {
        first.strip_prefix(known).is_some_and(|rest| {
            (rest.is_empty() || rest.starts_with(' '))
                && rest.split(' ').all(|word| word.is_empty() || COURTESY.contains(&word))
        })
    };
    let own = more.iter().map(|word| folded(word)).filter(|word| !word.is_empty());
    if STOP.into_iter().any(is_one_of) || own.into_iter().any(|word| is_one_of(&word)) {
        Wish::Stop
    } else if START.into_iter().any(is_one_of) {
        Wish::Start
    } else {
        Wish::Other
    }
}

/// A text in small letters, without marks, quotation marks and emoji, with letters of Arabic that are written in several ways in one,
/// and with single spaces.
fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c) && *c != '\u{0640}') {
        match c {
            'ﺃ' | 'أ' | 'إ' | 'آ' | 'ٱ' => plain.push('ا'),
            'ى' | 'ی' => plain.push('ي'),
            'ک' => plain.push('ك'),
            'ہ' => plain.push('ه'),
            c if c.is_alphanumeric() => plain.extend(c.to_lowercase()),
            '-' => plain.push('-'),
            c if c.is_whitespace() => plain.push(' '),
            _ => {}
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_is_heard_however_it_is_written() {
        for text in [
            "STOP",
            " stop ",
            "Stop.",
            "\"Stop\"",
            "Stop. Thank you",
            "stop please",
            "STOP!!!",
            "OptOut",
            "opt out",
            "Opt-Out",
            "UNSUBSCRIBE",
            "🛑 stop 🛑",
            "Baja",
            "no más",
            "ARRÊT",
            "إيقاف",
            "ايقاف",
            "أوقف",
            "إيقـــاف",
            "تَوَقَّف",
            "روکو",
            "stop, gracias",
        ] {
            assert_eq!(wish_of(text, &[]), Wish::Stop, "{text}");
        }
        for text in ["start", "Alta", "ابدأ"] {
            assert_eq!(wish_of(text, &[]), Wish::Start, "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_it_is_not_taken_for_it() {
        for text in [
            "stop by the shop tomorrow",
            "nonstop",
            "stopping",
            "I said stop",
            "5",
            "",
            "the end",
            "end of the month is fine",
            "!!!",
        ] {
            assert_eq!(wish_of(text, &[]), Wish::Other, "{text}");
        }
    }

    #[test]
    fn further_words_can_be_given() {
        assert_eq!(wish_of("Pare", &[]), Wish::Other);
        assert_eq!(wish_of("Pare", &["PARE".to_owned()]), Wish::Stop);
        assert_eq!(wish_of("anything", &[String::new()]), Wish::Other);
    }
}
