//! The figures of a letter, as texts.

use super::LetterFacts;
use super::words::Words;
use crate::domain::report::{GroupScores, Measure, SurveyScores};
use crate::domain::survey::scoring::{Metric, Score};
use crate::reports::{Beside, Breakdown, pair};

/// Groups shown at most; the file has all.
const ROWS_MOST: usize = 40;
/// Questions shown beside each group at most: a letter is read on phones.
const MEASURES_MOST: usize = 3;

/// A survey in a letter.
pub(super) struct SurveyPart {
    /// Its name.
    pub(super) name: String,
    /// The figures of the survey as a whole.
    pub(super) figures: Vec<Figure>,
    /// The heads of the table by groups.
    pub(super) columns: Vec<String>,
    /// Its rows.
    pub(super) rows: Vec<Vec<String>>,
    /// What the table leaves out.
    pub(super) notes: Vec<String>,
    /// Whether a score was kept back.
    pub(super) has_too_few: bool,
}

impl SurveyPart {
    /// The rows as lines of a plain text.
    pub(super) fn text_rows(&self) -> Vec<String> {
        let line = |row: &Vec<String>| {
            let (name, cells) =
                row.split_first().map_or(("", &[][..]), |(name, cells)| (name.as_str(), cells));
            let heads = self.columns.iter().skip(1);
            let cells: Vec<String> = heads.zip(cells).map(|(head, cell)| format!("{head} {cell}")).collect();
            format!("{name}: {}", cells.join(", "))
        };
        self.rows.iter().map(line).collect()
    }
}

/// A figure of a survey as a whole, beside the one before.
pub(super) struct Figure {
    /// What it is.
    pub(super) name: String,
    /// Its value.
    pub(super) value: String,
    /// Of how many; empty where it is itself a count.
    pub(super) n: String,
    /// How it was before.
    pub(super) before: String,
}

/// Nothing to show.
const NONE: &str = "\u{2013}";

pub(super) fn survey_part(
    whole: &SurveyScores,
    facts: &LetterFacts<'_>,
    found: &Beside,
    words: &'static Words,
) -> SurveyPart {
    let show = Show { words, min: facts.min };
    let same = |scores: &&SurveyScores| scores.survey == whole.survey;
    let earlier = found.earlier.surveys.iter().find(same);
    let parts = found.groups.surveys.iter().find(same);
    let scored: Vec<&Measure> = whole.measures.iter().filter(|measure| is_scored(measure.metric())).collect();
    let shown: Vec<&Measure> = scored.iter().take(MEASURES_MOST).copied().collect();
    let groups = parts.map_or(&[][..], |parts| parts.groups.as_slice());
    let rows = groups.iter().take(ROWS_MOST).map(|group| {
        let own = parts.map_or(&[][..], |parts| parts.measures.as_slice());
        let mut row = vec![
            group_name(facts.by, group, words),
            group.lifecycle.offered().to_string(),
            show.rate(group.lifecycle.response_rate()),
        ];
        row.extend(shown.iter().map(|measure| show.with_n(measure, score_of(measure, own, group))));
        row
    });
    let rows = rows.collect();
    let mut columns = vec![
        words.say(&format!("by-{}", facts.by.as_str())),
        words.say("offered"),
        words.say("response-rate"),
    ];
    columns.extend(shown.iter().map(|measure| {
        format!("{} ({})", measure.question, words.say(&format!("short-{}", word(measure.metric()))))
    }));
    let mut notes = Vec::new();
    if groups.len() > ROWS_MOST {
        let more = (groups.len() - ROWS_MOST).to_string();
        notes.push(words.fill("more-rows", &[("count", &more)]));
    }
    if scored.len() > shown.len() {
        notes.push(words.say("more-columns"));
    }
    let is_kept_back = |score: &Score| score.n > 0 && score.n < facts.min && score.value.is_some();
    let all = whole.groups.iter().chain(groups).flat_map(|group| group.scores.iter().flatten());
    SurveyPart {
        name: found.whole.names.get(&whole.survey).cloned().unwrap_or_else(|| whole.survey.clone()),
        figures: totals(whole, earlier, &scored, &show),
        columns,
        rows,
        notes,
        has_too_few: all.into_iter().any(is_kept_back),
    }
}

/// The figures of a survey as a whole.
fn totals(
    whole: &SurveyScores,
    earlier: Option<&SurveyScores>,
    scored: &[&Measure],
    show: &Show,
) -> Vec<Figure> {
    let Some(now) = whole.groups.first() else { return Vec::new() };
    let before = earlier.and_then(|scores| scores.groups.first());
    let was = |tell: &dyn Fn(&GroupScores) -> String| before.map_or_else(|| NONE.to_owned(), tell);
    let figure = |name: &str, value: String, n: String, before: String| Figure {
        name: show.words.say(name),
        value,
        n,
        before,
    };
    let mut figures = vec![
        figure(
            "offered",
            now.lifecycle.offered().to_string(),
            String::new(),
            was(&|before| before.lifecycle.offered().to_string()),
        ),
        figure(
            "response-rate",
            show.rate(now.lifecycle.response_rate()),
            now.lifecycle.offered().to_string(),
            was(&|before| show.rate(before.lifecycle.response_rate())),
        ),
        figure(
            "completion-rate",
            show.rate(now.lifecycle.completion_rate()),
            now.lifecycle.started().to_string(),
            was(&|before| show.rate(before.lifecycle.completion_rate())),
        ),
    ];
    for measure in scored {
        let score = score_of(measure, &whole.measures, now);
        let own = earlier.map_or(&[][..], |scores| scores.measures.as_slice());
        figures.push(Figure {
            name: format!(
                "{} \u{b7} {}",
                measure.question,
                show.words.say(&format!("measure-{}", word(measure.metric())))
            ),
            value: show.value(measure.metric(), score),
            n: score.map_or(0, |score| score.n).to_string(),
            before: was(&|before| show.with_n(measure, score_of(measure, own, before))),
        });
    }
    figures
}

/// How figures are shown.
struct Show {
    words: &'static Words,
    min: u64,
}

impl Show {
    fn rate(&self, rate: Option<f64>) -> String {
        rate.map_or_else(|| NONE.to_owned(), |rate| self.words.percent(rate))
    }

    /// A score; not of too few answers.
    fn value(&self, metric: Metric, score: Option<&Score>) -> String {
        let Some((score, value)) = score.and_then(|score| Some((score, score.value?))) else {
            return NONE.to_owned();
        };
        if score.n < self.min {
            return self.words.say("too-few");
        }
        match metric {
            Metric::Csat | Metric::Yes => self.words.percent(value),
            // Isolated, the sign stays before the number also in what is written from right to left.
            Metric::Nps if value >= 0.5 => format!("\u{2066}+{}\u{2069}", self.words.number(value, 0)),
            Metric::Nps if value <= -0.5 => format!("\u{2066}{}\u{2069}", self.words.number(value, 0)),
            Metric::Nps => "0".to_owned(),
            _ => self.words.number(value, 2),
        }
    }

    fn with_n(&self, measure: &Measure, score: Option<&Score>) -> String {
        let Some(score) = score.filter(|score| score.n > 0) else { return NONE.to_owned() };
        let value = self.value(measure.metric(), Some(score));
        self.words.fill("with-n", &[("value", &value), ("n", &score.n.to_string())])
    }
}

fn score_of<'a>(wanted: &Measure, own: &[Measure], group: &'a GroupScores) -> Option<&'a Score> {
    let place = own.iter().position(|m| m.question == wanted.question && m.kind == wanted.kind)?;
    group.scores.get(place)?.as_ref()
}

fn is_scored(metric: Metric) -> bool {
    !matches!(metric, Metric::Choices | Metric::None)
}

/// The word of a metric in the keys of texts.
fn word(metric: Metric) -> &'static str {
    match metric {
        Metric::Csat => "csat",
        Metric::Nps => "nps",
        Metric::Ces => "ces",
        Metric::Yes => "yes",
        Metric::Mean | Metric::Choices | Metric::None => "mean",
    }
}

/// What people call a group.
fn group_name(by: Breakdown, group: &GroupScores, words: &Words) -> String {
    let Some(key) = group.group.key.as_deref() else { return words.say("not-given") };
    let known = |key: &str| match &group.group.name {
        Some(name) => format!("{name} ({key})"),
        None => key.to_owned(),
    };
    match by {
        Breakdown::Day => key.parse().map_or_else(|_| key.to_owned(), |date| words.date(date)),
        Breakdown::Hour => {
            let next = key.parse::<u32>().map_or(0, |hour| (hour + 1) % 24);
            words.fill("hour-of", &[("from", key), ("to", &format!("{next:02}"))])
        }
        Breakdown::Weekday => words.say(&format!("weekday-{key}")),
        Breakdown::Channel => words.say(&format!("channel-{key}")),
        Breakdown::AgentQueue => {
            let (agent, queue) = pair(key);
            let agent = agent.map_or_else(|| words.say("not-given"), known);
            format!("{agent} \u{b7} {}", queue.map_or_else(|| words.say("not-given"), str::to_owned))
        }
        _ => known(key),
    }
}
