//! The words of a report by mail, in the language of the person whose it is.

use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// The languages there are: tag, whether it is written from right to left, its words. The first is for those who chose none.
const LANGUAGES: [(&str, bool, &str); 3] = [
    ("en", false, include_str!("../../../static/mail/en.ftl")),
    ("es", false, include_str!("../../../static/mail/es.ftl")),
    ("ar", true, include_str!("../../../static/mail/ar.ftl")),
];

/// The words of one language.
pub(super) struct Words {
    tag: &'static str,
    leftwards: bool,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Those of a language, else English.
    pub(super) fn of(language: Option<&str>) -> &'static Self {
        static ALL: OnceLock<Vec<Words>> = OnceLock::new();
        let all = ALL.get_or_init(|| LANGUAGES.iter().map(read).collect());
        // There is one of each language, the first of them English.
        all.iter().find(|words| language == Some(words.tag)).unwrap_or(&all[0])
    }

    /// The tag of the language.
    pub(super) fn tag(&self) -> &'static str {
        self.tag
    }

    /// The direction it is written in, as HTML calls it.
    pub(super) fn direction(&self) -> &'static str {
        if self.leftwards { "rtl" } else { "ltr" }
    }

    /// The side where lines begin.
    pub(super) fn start(&self) -> &'static str {
        if self.leftwards { "right" } else { "left" }
    }

    /// The side where lines end.
    pub(super) fn end(&self) -> &'static str {
        if self.leftwards { "left" } else { "right" }
    }

    /// A text; its key where there is none, which a test rules out.
    pub(super) fn say(&self, key: &str) -> String {
        self.fill(key, &[])
    }

    /// A text with words put in.
    pub(super) fn fill(&self, key: &str, words: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, word) in words {
            args.set(*name, *word);
        }
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else { return key.to_owned() };
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// A day.
    pub(super) fn date(&self, date: NaiveDate) -> String {
        let month = self.say(&format!("month-{}", date.month()));
        let (day, year) = (date.day().to_string(), date.year().to_string());
        self.fill("date", &[("day", &day), ("month", &month), ("year", &year)])
    }

    /// A day, or the first and the last of some.
    pub(super) fn days(&self, (from, until): (NaiveDate, NaiveDate)) -> String {
        let first = self.date(from);
        if from == until {
            return first;
        }
        self.fill("days", &[("from", &first), ("until", &self.date(until))])
    }

    /// A number with so many places.
    pub(super) fn number(&self, value: f64, places: usize) -> String {
        format!("{value:.places$}").replace('.', &self.say("decimal-mark"))
    }

    /// A whole percentage.
    pub(super) fn percent(&self, value: f64) -> String {
        self.fill("percent", &[("number", &self.number(value, 0))])
    }
}

fn read((tag, leftwards, words): &(&'static str, bool, &'static str)) -> Words {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new((*words).to_owned()).unwrap_or_else(|(read, _)| read);
    bundle.add_resource_overriding(resource);
    Words { tag, leftwards: *leftwards, bundle }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_has_all_words_and_they_can_be_read() {
        let keys = |words: &'static str| -> BTreeSet<&str> {
            words.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect()
        };
        for (tag, _, words) in LANGUAGES {
            assert_eq!(keys(words), keys(LANGUAGES[0].2), "{tag}");
            assert!(FluentResource::try_new(words.to_owned()).is_ok(), "{tag}");
        }
    }

    #[test]
    fn numbers_and_days_are_as_people_of_the_language_write_them() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        let of = |tag| {
            let words = Words::of(Some(tag));
            (words.number(4.256, 2), words.percent(66.7), words.date(date))
        };
        assert_eq!(of("en"), ("4.26".into(), "67%".into(), "Nov 3, 2026".into()));
        assert_eq!(of("es"), ("4,26".into(), "67\u{a0}%".into(), "3 nov 2026".into()));
        assert_eq!(of("ar"), ("4.26".into(), "67%".into(), "3 نوفمبر 2026".into()));
        assert_eq!(Words::of(Some("de")).tag(), "en");
    }
}
