//! Checks that the ways through a survey end, come to every question, and have no branch that is never taken.

use std::collections::BTreeMap;

use super::Report;
use super::routes::{Draft, DraftBranch, END};
use crate::domain::response::AnswerValue;
use crate::domain::survey::document::SurveyDocument;
use crate::domain::survey::graph::{QuestionKind, Target, Test};

/// A set of answers to a question, one bit each: the first is no answer.
type Answers = u32;

/// A way from one question to another.
struct Edge {
    to: u16,
    /// Where the document says so.
    path: String,
}

/// Reports loops, unreachable questions, branches never taken and conditions on questions that come later. Returns by
/// question those that may come after it, one bit each.
pub(super) fn check(
    document: &SurveyDocument,
    kinds: &[Option<QuestionKind>],
    drafts: &[Draft],
    report: &mut Report,
) -> Vec<u64> {
    let mut edges = Vec::with_capacity(drafts.len());
    for (no, draft) in drafts.iter().enumerate() {
        edges.push(live_edges(no, draft, document, kinds, report));
    }
    let mut search =
        Search { document, edges: &edges, later: vec![None; edges.len()], trail: Vec::new(), loops: 0 };
    for no in 0..edges.len() {
        search.visit(no, report);
    }
    let looped = search.loops > 0;
    let later: Vec<u64> = search.later.into_iter().map(Option::unwrap_or_default).collect();
    // Where a way leads is unknown, or turns in a circle: what follows from that would be guesswork.
    if looped || !drafts.iter().all(Draft::leads_somewhere) {
        return later;
    }
    let reached = later.first().copied().unwrap_or_default() | 1;
    for (no, question) in document.questions.iter().enumerate() {
        if reached >> no & 1 == 0 {
            let why = format!("`{}` is never reached: lead a branch to it, or remove it", question.key);
            report.add(format_args!("questions[{no}]"), why);
        }
    }
    order(document, drafts, &later, reached, report);
    later
}

/// Reports conditions on questions that cannot have been answered when they are tested.
fn order(document: &SurveyDocument, drafts: &[Draft], later: &[u64], reached: u64, report: &mut Report) {
    for (no, draft) in drafts.iter().enumerate().filter(|(no, _)| reached >> no & 1 == 1) {
        for (b, branch) in draft.branches.iter().enumerate() {
            for (c, condition) in branch.when.iter().flatten().enumerate() {
                let asked = usize::from(condition.question);
                let before = later.get(asked).is_some_and(|set| set >> no & 1 == 1);
                if asked != no && !before {
                    let path = format!("questions[{no}].branches[{b}].when[{c}].question");
                    let key = |no: usize| document.questions.get(no).map_or("", |q| q.key.as_str());
                    let (asked, here) = (key(asked), key(no));
                    report.add(path, format_args!("`{asked}` cannot have been answered before `{here}`: use a question that comes earlier"));
                }
            }
        }
    }
}

/// The ways from a question which some answer can take. Reports those that none can.
fn live_edges(
    no: usize,
    draft: &Draft,
    document: &SurveyDocument,
    kinds: &[Option<QuestionKind>],
    report: &mut Report,
) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut add =
        |target: Option<Target>, path: String| edges.extend(target.flatten().map(|to| Edge { to, path }));
    let mut earlier: Vec<BTreeMap<u16, Answers>> = Vec::new();
    for (i, branch) in draft.branches.iter().enumerate() {
        let path = format!("questions[{no}].branches[{i}]");
        if let Some(sets) = sets(branch, kinds) {
            if sets.values().any(|set| *set == 0) {
                report.add(
                    &path,
                    "is never taken, because its conditions exclude each other: correct or remove it",
                );
                continue;
            }
            if covered(&sets, &earlier) {
                report.add(&path, "is never taken, because the branches before it take all its answers: move it up or remove it");
                continue;
            }
            earlier.push(sets);
        }
        add(branch.target, format!("{path}.goto"));
    }
    let all = kinds.iter().zip(0..).map(|(kind, no)| (no, kind.as_ref().map_or(0, every_answer)));
    // With every answer to some question taken by a branch of its own, nothing is left for `otherwise`.
    let exhausted =
        all.filter(|(_, set)| *set != 0).any(|(no, set)| covered(&BTreeMap::from([(no, set)]), &earlier));
    let given = document.questions.get(no).is_some_and(|q| q.otherwise.is_some());
    if !exhausted {
        add(
            draft.otherwise,
            if given { format!("questions[{no}].otherwise") } else { format!("questions[{no}]") },
        );
    } else if given {
        report.add(
            format_args!("questions[{no}].otherwise"),
            "is never used, because the branches take every answer: remove it",
        );
    }
    edges
}

/// By question, the answers that let a branch be taken; `None` when its conditions could not be read.
fn sets(branch: &DraftBranch, kinds: &[Option<QuestionKind>]) -> Option<BTreeMap<u16, Answers>> {
    let mut sets = BTreeMap::new();
    for condition in branch.when.as_ref()? {
        let kind = kinds.get(usize::from(condition.question))?.as_ref()?;
        *sets.entry(condition.question).or_insert(Answers::MAX) &= answers_for(kind, &condition.test);
    }
    Some(sets)
}

/// Whether earlier branches leave nothing of `sets`: one of them alone, or several which all look at one question only.
fn covered(sets: &BTreeMap<u16, Answers>, earlier: &[BTreeMap<u16, Answers>]) -> bool {
    let within = |no: &u16, wider: Answers| sets.get(no).is_some_and(|set| set & !wider == 0);
    let by_one = earlier.iter().any(|e| e.iter().all(|(no, wider)| within(no, *wider)));
    let together = |no: &u16| {
        let alone = earlier.iter().filter(|e| e.len() == 1).filter_map(|e| e.get(no));
        alone.fold(0, |union, set| union | set)
    };
    by_one || sets.iter().any(|(no, set)| set & !together(no) == 0)
}

/// The answers to a question for which a test holds.
fn answers_for(kind: &QuestionKind, test: &Test) -> Answers {
    let answers: Vec<AnswerValue> = match kind {
        QuestionKind::YesNo => (0..=1).map(AnswerValue::Number).collect(),
        QuestionKind::Choice { choices, .. } => {
            choices.iter().take(20).map(|c| AnswerValue::Choice(c.key.clone())).collect()
        }
        QuestionKind::FreeText { .. } => vec![AnswerValue::Text(String::new())],
        QuestionKind::VoiceComment { .. } => vec![AnswerValue::Recording(String::new())],
        QuestionKind::Rating { .. } | QuestionKind::Nps => {
            kind.range().into_iter().flat_map(|(min, max)| min..=max).map(AnswerValue::Number).collect()
        }
    };
    let held =
        std::iter::once(AnswerValue::Skipped).chain(answers).zip(0u32..).filter(|(a, _)| test.holds(Some(a)));
    held.fold(0, |set, (_, bit)| set | 1 << bit)
}

/// All answers to a question, and none.
fn every_answer(kind: &QuestionKind) -> Answers {
    answers_for(kind, &Test::Answered) | answers_for(kind, &Test::Skipped)
}

/// A walk over all ways that finds loops, depth first; at most 50 deep.
struct Search<'a> {
    document: &'a SurveyDocument,
    edges: &'a [Vec<Edge>],
    /// By finished question, what may come after it.
    later: Vec<Option<u64>>,
    /// The way to where the search is.
    trail: Vec<usize>,
    loops: usize,
}

impl Search<'_> {
    fn visit(&mut self, no: usize, report: &mut Report) -> u64 {
        if let Some(known) = self.later.get(no).copied().flatten() {
            return known;
        }
        self.trail.push(no);
        let edges = self.edges;
        let mut set = 0u64;
        for edge in edges.get(no).into_iter().flatten() {
            let to = usize::from(edge.to);
            if let Some(start) = self.trail.iter().position(|n| *n == to) {
                self.report_loop(start, edge, report);
            } else {
                set |= 1 << to | self.visit(to, report);
            }
        }
        self.trail.pop();
        if let Some(later) = self.later.get_mut(no) {
            *later = Some(set);
        }
        set
    }

    fn report_loop(&mut self, start: usize, edge: &Edge, report: &mut Report) {
        self.loops += 1;
        let way = self.trail.iter().skip(start).chain(self.trail.get(start));
        let keys: Vec<&str> =
            way.filter_map(|no| Some(self.document.questions.get(*no)?.key.as_str())).collect();
        let why =
            format!("leads back in a loop ({}): lead on to a later question or to `{END}`", keys.join(" > "));
        report.add(&edge.path, why);
    }
}
