//! What somebody means who writes back.

use super::words::{first_said, plain};

/// What somebody means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
    /// To know who writes, and how to end it.
    Help,
    /// Something else: an answer, perhaps.
    Other,
}

/// Words by which people say that they want no more messages, as `plain` makes them: those that operators ask for, and those of
/// Spanish, French, German, Portuguese, Arabic and Urdu.
const STOP: [&str; 30] = [
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

/// Words by which they ask who writes.
const HELP: [&str; 10] =
    ["help", "info", "ayuda", "informacion", "aide", "hilfe", "ajuda", "مساعده", "مساعدة", "مدد"];

/// What may follow a word for stop without changing its meaning: `stop sending me messages`.
const MESSAGES: [&str; 17] = [
    "sending",
    "texting",
    "messaging",
    "me",
    "us",
    "all",
    "these",
    "the",
    "any",
    "more",
    "sms",
    "text",
    "texts",
    "msg",
    "msgs",
    "message",
    "messages",
];

/// What a message means. A word of the lists counts alone, before a mark of punctuation, among words of courtesy, and before words
/// for messages: `Stop. Thank you`, `please stop` and `stop texting me` do, `stop by the shop tomorrow` does not. `more`:
/// further words for stop.
pub fn wish_of(text: &str, more: &[String]) -> Wish {
    let said = first_said(text);
    let is_stop = |known: &str| {
        said.strip_prefix(known).is_some_and(|rest| {
            (rest.is_empty() || rest.starts_with(' '))
                && rest.split(' ').all(|word| word.is_empty() || MESSAGES.contains(&word))
        })
    };
    let own = more.iter().map(|word| plain(word)).filter(|word| !word.is_empty());
    if STOP.into_iter().any(is_stop) || own.into_iter().any(|word| is_stop(&word)) {
        Wish::Stop
    } else if START.contains(&said.as_str()) {
        Wish::Start
    } else if HELP.into_iter().any(|word| plain(word) == said) {
        Wish::Help
    } else {
        Wish::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_heard_alone_only() {
        for text in ["HELP", "help?", "Info please", "Ayuda.", "مساعدة"] {
            assert_eq!(wish_of(text, &[]), Wish::Help, "{text}");
        }
        for text in ["no help at all", "help me", "they helped"] {
            assert_eq!(wish_of(text, &[]), Wish::Other, "{text}");
        }
    }

    #[test]
    fn stop_is_heard_however_it_is_written() {
        for text in [
            "STOP",
            " stop ",
            "Stop.",
            "\"Stop\"",
            "Stop. Thank you",
            "stop please",
            "please stop",
            "STOP - thank you",
            "Hi, stop",
            "Stop texting me",
            "Stop sending me messages!",
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
            "cancel my order please",
            "stop it was not settled",
            "thank you",
            "!!!",
        ] {
            assert_eq!(wish_of(text, &[]), Wish::Other, "{text}");
        }
    }

    #[test]
    fn the_words_of_the_lists_are_plain() {
        for word in STOP.into_iter().chain(START).chain(MESSAGES) {
            assert_eq!(plain(word), word);
        }
    }

    #[test]
    fn further_words_can_be_given() {
        assert_eq!(wish_of("Pare", &[]), Wish::Other);
        assert_eq!(wish_of("Pare", &["PARE".to_owned()]), Wish::Stop);
        assert_eq!(wish_of("anything", &[String::new()]), Wish::Other);
    }
}
