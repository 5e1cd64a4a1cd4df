//! What somebody is told who wants no more messages, or wants them again. Short: one part in each language.

/// What is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// No more messages come.
    Stopped,
    /// They come again.
    Started,
    /// An answer was not understood; it follows what can be answered.
    NotUnderstood,
}

/// Language, and the words for each of them.
const WORDS: [(&str, [&str; 3]); 3] = [
    (
        "en",
        [
            "You will get no more messages from us. Reply START to get them again.",
            "You will get our messages again. Reply STOP to get none.",
            "Sorry, we did not understand that.",
        ],
    ),
    (
        "es",
        [
            "Ya no le enviaremos mensajes. Responda ALTA para volver a recibirlos.",
            "Le enviaremos mensajes de nuevo. Responda BAJA para no recibirlos.",
            "Perdón, no lo hemos entendido.",
        ],
    ),
    (
        "ar",
        [
            "لن تصلك رسائل أخرى منا. أرسل ابدأ لتصلك من جديد.",
            "ستصلك رسائلنا من جديد. أرسل إيقاف لوقفها.",
            "عذرا، لم نفهم إجابتك.",
        ],
    ),
];

/// The words in the language of a tag, else in English.
pub fn confirmation(what: Confirmed, language: &str) -> &'static str {
    let main = language.split(['-', '_']).next().unwrap_or_default();
    let found = WORDS.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(main));
    let words = found.map_or(&WORDS[0].1, |(_, words)| words);
    match what {
        Confirmed::Stopped => words[0],
        Confirmed::Started => words[1],
        Confirmed::NotUnderstood => words[2],
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Wish, Writing, encode, wish_of};
    use super::*;

    #[test]
    fn each_fits_one_part_and_the_words_it_names_are_understood() {
        for (language, words) in WORDS {
            for text in words {
                let writing = Writing { transliterate: false, parts_most: 1 };
                assert!(encode(text, writing).is_ok(), "{language}: {text}");
            }
        }
        assert_eq!(confirmation(Confirmed::Stopped, "es-MX"), WORDS[1].1[0]);
        assert_eq!(confirmation(Confirmed::Stopped, "fi"), WORDS[0].1[0]);
        for word in ["START", "ALTA", "ابدأ"] {
            assert_eq!(wish_of(word, &[]), Wish::Start);
        }
        for word in ["STOP", "BAJA", "إيقاف"] {
            assert_eq!(wish_of(word, &[]), Wish::Stop);
        }
    }
}
