//! The words of the pages that are made here, in the language that somebody chose or whose browser asks for.

use std::sync::OnceLock;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// The languages there are: tag, its own name, whether it is written from right to left, its words. The first is for those who
/// understand none.
const LANGUAGES: [Language; 3] = [
    Language {
        tag: "en",
        name: "English",
        leftwards: false,
        words: [include_str!("../../../static/door/en.ftl"), include_str!("../../../static/page/en.ftl")],
    },
    Language {
        tag: "es",
        name: "Español",
        leftwards: false,
        words: [include_str!("../../../static/door/es.ftl"), include_str!("../../../static/page/es.ftl")],
    },
    Language {
        tag: "ar",
        name: "العربية",
        leftwards: true,
        words: [include_str!("../../../static/door/ar.ftl"), include_str!("../../../static/page/ar.ftl")],
    },
];

struct Language {
    tag: &'static str,
    name: &'static str,
    leftwards: bool,
    /// Of the pages before the portal, and of the customer's page.
    words: [&'static str; 2],
}

/// The words of one language.
pub(in crate::http) struct Words {
    language: &'static Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Those that `chosen` names, else those that the browser asks for, else English.
    pub(in crate::http) fn of(request: &HttpRequest, chosen: Option<&str>) -> &'static Self {
        let asked = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let known = |tag: &str| {
            let main = tag.split(['-', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
            all().iter().find(|words| words.language.tag == main)
        };
        let chosen = chosen.and_then(known);
        chosen.or_else(|| asked.unwrap_or_default().split(',').find_map(known)).unwrap_or_else(|| english())
    }

    /// The tag of the language.
    pub(super) fn language(&self) -> &'static str {
        self.language.tag
    }

    /// The direction it is written in, as HTML calls it.
    pub(super) fn direction(&self) -> &'static str {
        if self.language.leftwards { "rtl" } else { "ltr" }
    }

    /// The other languages: tag and own name.
    pub(super) fn others(&self) -> Vec<(&'static str, &'static str)> {
        let others = LANGUAGES.iter().filter(|language| language.tag != self.language.tag);
        others.map(|language| (language.tag, language.name)).collect()
    }

    /// A text; its key where there is none, which a test rules out.
    pub(in crate::http) fn say(&self, key: &str) -> String {
        self.text(key, None)
    }

    /// A text with a word put in.
    pub(super) fn say_of(&self, key: &str, name: &str, word: &str) -> String {
        let mut args = FluentArgs::new();
        args.set(name, word);
        self.text(key, Some(&args))
    }

    /// A text with a number put in.
    pub(super) fn say_number(&self, key: &str, name: &str, number: u64) -> String {
        let mut args = FluentArgs::new();
        args.set(name, number);
        self.text(key, Some(&args))
    }

    /// A text with whole numbers put in.
    pub(super) fn say_numbers(&self, key: &str, numbers: &[(&'static str, usize)]) -> String {
        let mut args = FluentArgs::new();
        for (name, number) in numbers {
            args.set(*name, *number);
        }
        self.text(key, Some(&args))
    }

    /// What an end of a scale means.
    pub(super) fn say_end(&self, value: i32, meaning: &str) -> String {
        let mut args = FluentArgs::new();
        args.set("value", value);
        args.set("meaning", meaning);
        self.text("page-end", Some(&args))
    }

    fn text(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else { return key.to_owned() };
        self.bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned()
    }
}

fn english() -> &'static Words {
    // There is one of each language, the first of them English.
    &all()[0]
}

fn all() -> &'static [Words] {
    static ALL: OnceLock<Vec<Words>> = OnceLock::new();
    ALL.get_or_init(|| LANGUAGES.iter().map(read).collect())
}

fn read(language: &'static Language) -> Words {
    let tag: LanguageIdentifier = language.tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    for words in language.words {
        let words = FluentResource::try_new(words.to_owned()).unwrap_or_else(|(read, _)| read);
        bundle.add_resource_overriding(words);
    }
    Words { language, bundle }
}

/// Whether there are pages in this language.
pub(super) fn is_language(tag: &str) -> bool {
    LANGUAGES.iter().any(|language| language.tag == tag)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use actix_web::test::TestRequest;

    use super::*;

    fn keys(words: &str) -> BTreeSet<&str> {
        words
            .lines()
            .filter_map(|line| line.split_once(" = ").map(|(key, _)| key))
            .filter(|key| !key.contains(' '))
            .collect()
    }

    #[test]
    fn every_language_has_all_words_and_they_can_be_read() {
        for language in &LANGUAGES {
            for (words, english) in language.words.iter().zip(LANGUAGES[0].words) {
                assert_eq!(keys(words), keys(english), "{}", language.tag);
                assert!(FluentResource::try_new((*words).to_owned()).is_ok(), "{}", language.tag);
            }
        }
    }

    #[test]
    fn the_language_chosen_comes_first_then_the_browsers_then_english() {
        let asks = |accepted: &'static str| {
            TestRequest::get().insert_header((ACCEPT_LANGUAGE, accepted)).to_http_request()
        };
        assert_eq!(Words::of(&asks("de-DE,ar;q=0.8,en;q=0.5"), None).language(), "ar");
        assert_eq!(Words::of(&asks("ar"), Some("es")).language(), "es");
        assert_eq!(Words::of(&asks("de"), Some("xx")).language(), "en");
        assert_eq!(Words::of(&TestRequest::get().to_http_request(), None).direction(), "ltr");
    }

    #[test]
    fn numbers_choose_their_form() {
        let english = english();
        assert!(english.say_number("too-many", "seconds", 1).contains("one second"));
        assert!(english.say_number("too-many", "seconds", 5).contains("5 seconds"));
    }
}
