//! What somebody writes back in a text message or a chat, read as an answer: people write `5 thanks`, `5/5`, `Yes!`, or what a choice says.
//!
//! A score that somebody did not give is worse than asking once more. So a number counts only where it comes first and counts
//! nothing else (`3 times I called` does not), and words only where they are all that is said, but for courtesy: `no problem` is
//! no answer, and as little is `yes it was`, or more would be heard of those who are content.

use super::graph::{Question, QuestionKind, Text};
use crate::domain::response::AnswerValue;
use crate::domain::sms::{digit, first_said, plain, without_courtesy};

/// Words for yes, as `plain` makes them: of English, Spanish, French, German, Portuguese, Turkish, Russian, Arabic and Urdu.
const YES: [&str; 20] = [
    "yes",
    "y",
    "yeah",
    "yep",
    "yup",
    "si",
    "oui",
    "ja",
    "sim",
    "evet",
    "да",
    "نعم",
    "ايوه",
    "ايوا",
    "اجل",
    "بلي",
    "جي",
    "جي هاں",
    "هاں",
    "haan",
];

/// Words for no.
const NO: [&str; 16] = [
    "no",
    "n",
    "nope",
    "nah",
    "non",
    "nein",
    "nee",
    "nao",
    "hayır",
    "нет",
    "لا",
    "كلا",
    "نهيں",
    "جي نهيں",
    "nahi",
    "nahin",
];

/// Words by which a question is passed over that need not be answered.
const SKIP: [&str; 10] =
    ["skip", "pass", "omitir", "saltar", "passer", "uberspringen", "pular", "تخط", "تخطي", "چهوڑيں"];

/// The numbers from 0 to 10 in words: of English, Spanish, French, German, Portuguese, Arabic and Urdu.
const NUMBERS: [[&str; 11]; 7] = [
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"],
    ["zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"],
    ["null", "eins", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun", "zehn"],
    ["zero", "um", "dois", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez"],
    ["صفر", "واحد", "اثنان", "ثلاثه", "اربعه", "خمسه", "سته", "سبعه", "ثمانيه", "تسعه", "عشره"],
    ["صفر", "ايك", "دو", "تين", "چار", "پانچ", "چه", "سات", "اٹه", "نو", "دس"],
];

/// Words after which a number is no grade but counts something.
const COUNTED: [&str; 70] = [
    "time",
    "times",
    "x",
    "second",
    "seconds",
    "min",
    "mins",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "call",
    "calls",
    "people",
    "persons",
    "vez",
    "veces",
    "vezes",
    "minuto",
    "minutos",
    "hora",
    "horas",
    "dia",
    "dias",
    "semana",
    "semanas",
    "mes",
    "meses",
    "ano",
    "anos",
    "llamada",
    "llamadas",
    "personas",
    "fois",
    "heure",
    "heures",
    "jour",
    "jours",
    "semaine",
    "semaines",
    "mois",
    "an",
    "ans",
    "appel",
    "appels",
    "mal",
    "minuten",
    "stunde",
    "stunden",
    "tage",
    "wochen",
    "monate",
    "jahre",
    "anrufe",
    "مره",
    "مرات",
    "دقيقه",
    "دقايق",
    "ساعه",
    "ساعات",
    "يوم",
    "ايام",
];

/// Words between a grade and the highest one, as in `4 out of 5`.
const OUT_OF: [&str; 8] = ["of", "out", "de", "sur", "von", "aus", "من", "over"];

/// Whether somebody wants to pass a question over.
pub(super) fn is_passed_over(text: &str) -> bool {
    SKIP.contains(&without_courtesy(&plain(text)).as_str())
}

impl Question {
    /// What is meant by a message; `None` where nobody can tell.
    pub(super) fn read_texted(&self, text: &str) -> Option<AnswerValue> {
        let whole = plain(text);
        let ways = [whole.clone(), without_courtesy(&whole), first_said(text)];
        let in_words = ways.iter().find_map(|way| self.value_in_words(way));
        in_words.or_else(|| self.value_led_by_number(text))
    }

    /// The value that plain words name.
    fn value_in_words(&self, words: &str) -> Option<AnswerValue> {
        if words.is_empty() {
            return None;
        }
        match &self.kind {
            QuestionKind::YesNo if YES.contains(&words) => return Some(AnswerValue::Number(1)),
            QuestionKind::YesNo if NO.contains(&words) => return Some(AnswerValue::Number(0)),
            QuestionKind::Choice { choices, .. } => {
                let mut named =
                    choices.iter().filter(|choice| choice.labels().any(|label| plain(label) == words));
                // Two choices that look alike are told apart by their number only.
                match (named.next(), named.next()) {
                    (Some(one), None) => return Some(AnswerValue::Choice(one.key.clone())),
                    (Some(_), Some(_)) => return None,
                    _ => {}
                }
            }
            kind => {
                let means =
                    |end: &Option<Text>| end.iter().flat_map(Text::all).any(|label| plain(label) == words);
                let ends = (means(&self.low_label), means(&self.high_label), kind.range());
                match ends {
                    (true, false, Some((lowest, _))) => return Some(AnswerValue::Number(lowest)),
                    (false, true, Some((_, highest))) => return Some(AnswerValue::Number(highest)),
                    _ => {}
                }
            }
        }
        let number = NUMBERS.iter().find_map(|words_of| words_of.iter().position(|word| *word == words))?;
        self.value_of(&number.to_string())
    }

    /// The value of a message that begins with a number, whatever words follow; not where others say something else.
    fn value_led_by_number(&self, text: &str) -> Option<AnswerValue> {
        let words = without_courtesy(&plain(&text.replace(['/', '\u{2215}'], " out of ")));
        let mut rest: Vec<&str> = words.split_whitespace().collect();
        let number = rest.first().filter(|word| word.chars().all(|c| digit(c).is_some()))?;
        let value = self.value_of(number)?;
        rest.remove(0);
        let between = rest.iter().take_while(|word| OUT_OF.contains(word)).count();
        if between > 0 && rest.get(between).is_some_and(|word| self.is_highest(word)) {
            rest.drain(..=between);
        }
        let counts = rest.first().is_some_and(|word| COUNTED.contains(word));
        if counts || rest.iter().any(|word| word.contains(|c| digit(c).is_some())) {
            return None;
        }
        match self.value_in_words(&rest.join(" ")) {
            Some(other) if other != value => None,
            _ => Some(value),
        }
    }

    fn is_highest(&self, word: &str) -> bool {
        let highest = self.kind.range().map(|(_, highest)| AnswerValue::Number(highest));
        highest.is_some() && self.value_of(word) == highest
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_words_of_the_lists_are_plain_and_mean_one_thing() {
        let lists = YES.iter().chain(&NO).chain(&SKIP).chain(&COUNTED).chain(&OUT_OF);
        for word in lists.chain(NUMBERS.iter().flatten()) {
            assert_eq!(plain(word), *word);
        }
        let mut values = HashMap::new();
        for words in NUMBERS {
            for (value, word) in words.into_iter().enumerate() {
                assert_eq!(*values.entry(word).or_insert(value), value, "{word}");
            }
        }
        assert!(!YES.iter().any(|word| NO.contains(word)));
    }
}
