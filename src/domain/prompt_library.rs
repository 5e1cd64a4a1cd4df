//! Which prompt a file of an existing library is, by the folders it lies in and its name.
//!
//! People name the same thing `Support_CSAT.wav`, `support/csat.wav` or `support-csat.wav`, and keep languages in folders
//! such as `en_US`. Names are compared without regard to case and to `_`, `-`, blanks and dots; folders count as part of
//! the name. Only what a survey says is matched: a library holds much else.

use std::collections::HashMap;
use std::fmt;

use super::prompt::{PromptName, language_key};
use super::survey::{SurveyGraph, VoiceMode};

/// Something a survey says in a language, with the prompt that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The survey's key.
    pub survey: String,
    /// The language, as [`language_key`] writes it.
    pub language: String,
    /// The prompt's name.
    pub name: PromptName,
    /// The words.
    pub text: String,
    /// Whether the survey cannot be published without it.
    pub required: bool,
}

/// Everything a survey says in all its languages.
pub fn wanted(graph: &SurveyGraph) -> Vec<Wanted> {
    let required = graph.voice() == VoiceMode::Prompts;
    let of_language = |language: &String| {
        let key = language_key(language);
        graph.spoken(language).into_iter().map(move |spoken| Wanted {
            survey: graph.key().to_owned(),
            language: key.clone(),
            name: spoken.name,
            text: spoken.text,
            required,
        })
    };
    graph.languages().iter().flat_map(of_language).collect()
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The prompt of this name and language.
    Prompt {
        /// Its name.
        name: PromptName,
        /// The language to store it in.
        language: String,
        /// The surveys that say it.
        surveys: Vec<String>,
    },
    /// Nothing any survey says.
    Unused(Unused),
}

/// Why a file is no prompt of any survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unused {
    /// No survey says anything of this name.
    Name,
    /// The file lies in no folder of a language that surveys speak.
    NoLanguage(PromptName),
    /// Surveys say this, but not in this language.
    Language(PromptName, String),
    /// Another file is the same prompt.
    Twice(String),
    /// The name fits more than one prompt.
    Ambiguous(Vec<PromptName>),
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("no survey says this"),
            Self::NoLanguage(name) => {
                write!(
                    f,
                    "is {name}, but in which language? put it in a folder such as en, or give --language"
                )
            }
            Self::Language(name, language) => write!(f, "no survey says {name} in {language}"),
            Self::Twice(other) => write!(f, "{other} is the same prompt and was taken: keep one of them"),
            Self::Ambiguous(names) => {
                let names: Vec<&str> = names.iter().map(PromptName::as_str).collect();
                write!(f, "fits {}: name the file exactly so", names.join(" and "))
            }
        }
    }
}

/// A name without what people write differently.
fn loose(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '_' | '-' | '.') && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The prompts of all surveys, to look files up in.
#[derive(Debug, Default)]
pub struct Shelves {
    /// Languages and surveys of a prompt.
    prompts: HashMap<PromptName, Vec<(String, String)>>,
    /// Prompts by the loose form of their names.
    by_loose: HashMap<String, Vec<PromptName>>,
    languages: Vec<String>,
}

impl Shelves {
    /// The prompts that are wanted.
    pub fn new(wanted: &[Wanted]) -> Self {
        let mut shelves = Self::default();
        for want in wanted {
            let names = shelves.by_loose.entry(loose(want.name.as_str())).or_default();
            if !names.contains(&want.name) {
                names.push(want.name.clone());
            }
            let place = (want.language.clone(), want.survey.clone());
            let places = shelves.prompts.entry(want.name.clone()).or_default();
            if !places.contains(&place) {
                places.push(place);
            }
            if !shelves.languages.contains(&want.language) {
                shelves.languages.push(want.language.clone());
            }
        }
        shelves
    }

    /// The language a folder's name stands for: one that surveys speak, or a nearer or farther relative of one.
    pub fn language_of(&self, folder: &str) -> Option<String> {
        let tag = language_key(folder);
        let related = |l: &String| *l == tag || is_below(l, &tag) || is_below(&tag, l);
        self.languages.iter().any(related).then_some(tag)
    }

    /// What each of these files is. Paths have `/` between folders; the name of the folder they were found in may come
    /// first. `language` is for files in no folder of a language.
    pub fn sort(&self, paths: &[String], language: Option<&str>) -> Vec<Match> {
        let mut sorted: Vec<(Match, bool)> = paths.iter().map(|path| self.one(path, language)).collect();
        let mut taken: HashMap<(PromptName, String), usize> = HashMap::new();
        // A file in the very language goes before one in its relative, else the first path does.
        let mut order: Vec<usize> = (0..paths.len()).collect();
        order.sort_by_key(|at| (sorted.get(*at).is_none_or(|(_, exact)| !exact), paths.get(*at)));
        for at in order {
            let Some((Match::Prompt { name, language, .. }, _)) = sorted.get(at) else { continue };
            let first = *taken.entry((name.clone(), language.clone())).or_insert(at);
            if first != at {
                let other = paths.get(first).cloned().unwrap_or_default();
                if let Some(this) = sorted.get_mut(at) {
                    this.0 = Match::Unused(Unused::Twice(other));
                }
            }
        }
        sorted.into_iter().map(|(found, _)| found).collect()
    }

    /// What a file is by itself, and whether its folder is the very language of a survey.
    fn one(&self, path: &str, given: Option<&str>) -> (Match, bool) {
        let mut folders: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let file = folders.pop().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let at = folders.iter().rposition(|folder| self.language_of(folder).is_some());
        let language = at.and_then(|at| self.language_of(folders.remove(at)));
        let language = language.or_else(|| given.map(language_key));
        let unused = |why| (Match::Unused(why), false);
        let names = self.names(&folders, stem);
        let name = match names.as_slice() {
            [] => return unused(Unused::Name),
            [one] => one.clone(),
            several => return unused(Unused::Ambiguous(several.to_vec())),
        };
        let Some(language) = language else { return unused(Unused::NoLanguage(name)) };
        let places = self.prompts.get(&name).map(Vec::as_slice).unwrap_or_default();
        let Some(kept_in) = kept_in(&language, places) else {
            return unused(Unused::Language(name, language));
        };
        let serves = |l: &str| l == kept_in || is_below(l, &kept_in);
        let mut surveys: Vec<String> =
            places.iter().filter(|(l, _)| serves(l)).map(|(_, survey)| survey.clone()).collect();
        surveys.dedup();
        let exact = kept_in == language;
        (Match::Prompt { name, language: kept_in, surveys }, exact)
    }

    /// The prompts a name fits, with as many of the folders before it as possible.
    fn names(&self, folders: &[&str], stem: &str) -> Vec<PromptName> {
        for from in 0..=folders.len() {
            let mut parts: Vec<&str> = folders.get(from..).unwrap_or_default().to_vec();
            parts.push(stem);
            let Some(names) = self.by_loose.get(&loose(&parts.concat())) else { continue };
            let exact = parts.join(".").to_lowercase();
            let exact: Vec<PromptName> =
                names.iter().filter(|name| name.as_str() == exact).cloned().collect();
            return if exact.is_empty() { names.clone() } else { exact };
        }
        // Libraries often call the word for 5 just `5`.
        let number = PromptName::parse(&format!("number.{stem}")).ok();
        number.filter(|name| self.prompts.contains_key(name)).into_iter().collect()
    }
}

/// The language to keep a file in: its own where surveys speak that or a part of it, else the nearest above it.
fn kept_in(language: &str, places: &[(String, String)]) -> Option<String> {
    let spoken = |tag: &str| places.iter().any(|(l, _)| l == tag);
    let mut tag = language;
    loop {
        if spoken(tag) {
            return Some(tag.to_owned());
        }
        match tag.rfind('-') {
            Some(end) => tag = tag.get(..end)?,
            None => break,
        }
    }
    places.iter().any(|(l, _)| is_below(l, language)).then(|| language.to_owned())
}

/// Whether a language is a kind of another: `es-mx` of `es`.
fn is_below(language: &str, above: &str) -> bool {
    language.strip_prefix(above).is_some_and(|rest| rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(survey: &str, language: &str, name: &str) -> Wanted {
        Wanted {
            survey: survey.to_owned(),
            language: language.to_owned(),
            name: PromptName::parse(name).unwrap(),
            text: String::new(),
            required: true,
        }
    }

    fn shelves() -> Shelves {
        Shelves::new(&[
            want("support", "en", "support.csat"),
            want("support", "es", "support.csat"),
            want("support", "en", "number.5"),
            want("sales", "en", "cx_kpi_nps"),
            want("sales", "en-gb", "sales.intro"),
            want("sales", "en", "a-b"),
            want("sales", "en", "ab"),
        ])
    }

    /// `language/name` of a file, or why it is none.
    fn found(path: &str) -> String {
        match shelves().sort(&[path.to_owned()], None).remove(0) {
            Match::Prompt { name, language, .. } => format!("{language}/{name}"),
            Match::Unused(why) => why.to_string(),
        }
    }

    #[test]
    fn a_file_is_found_however_its_name_and_its_folders_are_written() {
        for path in [
            "en/support.csat.wav",
            "EN/Support CSAT.WAV",
            "prompts/en_US/support/csat.wav",
            "support/en/Csat.mp3",
            "en/surveys/2026/support-csat.wav",
            "en-GB/support_csat.wav",
        ] {
            assert_eq!(found(path), "en/support.csat", "{path}");
        }
        assert_eq!(found("es_MX/support.csat.wav"), "es/support.csat");
        assert_eq!(found("en/CX_KPI_NPS.wav"), "en/cx_kpi_nps");
        assert_eq!(found("en/digits/5.wav"), "en/number.5");
        assert_eq!(found("en/sales.intro.wav"), "en/sales.intro", "the parent of what is spoken serves it");
        assert_eq!(found("en-GB/sales/intro.wav"), "en-gb/sales.intro");
        assert_eq!(found("en/a-b.wav"), "en/a-b");
    }

    #[test]
    fn what_no_survey_says_is_told_why() {
        assert_eq!(found("en/welcome.wav"), "no survey says this");
        assert!(found("support.csat.wav").contains("in which language"));
        assert_eq!(found("es/cx_kpi_nps.wav"), "no survey says cx_kpi_nps in es");
        assert!(found("en/A_B.wav").contains("fits a-b and ab"));
    }

    #[test]
    fn of_two_files_for_a_prompt_the_one_in_the_very_language_is_taken() {
        let paths = ["en_US/support.csat.wav".to_owned(), "en/support_csat.wav".to_owned()];
        let sorted = shelves().sort(&paths, None);
        assert_eq!(sorted[0], Match::Unused(Unused::Twice(paths[1].clone())));
        assert!(matches!(&sorted[1], Match::Prompt { surveys, .. } if surveys == &["support"]));
    }

    #[test]
    fn a_language_given_is_for_files_in_no_folder_of_one() {
        let sorted =
            shelves().sort(&["support.csat.wav".into(), "es/support.csat.wav".into()], Some("en_US"));
        let languages: Vec<_> = sorted
            .iter()
            .map(|found| match found {
                Match::Prompt { language, .. } => language.as_str(),
                Match::Unused(_) => "-",
            })
            .collect();
        assert_eq!(languages, ["en", "es"]);
    }
}
