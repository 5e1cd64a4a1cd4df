//! Reads the branches of the questions: where they lead, and on what conditions.

use std::collections::HashMap;

use super::Report;
use crate::domain::response::AnswerValue;
use crate::domain::survey::document::{
    BranchDocument, Comparison, ConditionDocument, ConditionValue, SurveyDocument,
};
use crate::domain::survey::graph::{Branch, Condition, QuestionKind, Routes, Target, Test};

/// The word for the end of the survey.
pub(super) const END: &str = "end";
/// Most branches of a question.
const MAX_BRANCHES: usize = 20;
/// Most conditions of a branch.
const MAX_CONDITIONS: usize = 10;

/// The ways on from a question as far as they could be read.
pub(super) struct Draft {
    /// By branch of the document.
    pub(super) branches: Vec<DraftBranch>,
    /// Where to go otherwise; `None` when it could not be read.
    pub(super) otherwise: Option<Target>,
}

/// A branch as far as it could be read.
pub(super) struct DraftBranch {
    /// Its conditions; `None` when one of them could not be read.
    pub(super) when: Option<Vec<Condition>>,
    /// Where it leads; `None` when that could not be read.
    pub(super) target: Option<Target>,
}

impl Draft {
    /// The finished routes, `None` when anything could not be read.
    pub(super) fn finish(self) -> Option<Routes> {
        let finish = |b: DraftBranch| Some(Branch { when: b.when?, target: b.target? });
        let branches = self.branches.into_iter().map(finish).collect::<Option<_>>()?;
        Some(Routes { branches, otherwise: self.otherwise? })
    }

    /// Whether every way leads somewhere known.
    pub(super) fn leads_somewhere(&self) -> bool {
        self.otherwise.is_some() && self.branches.iter().all(|b| b.target.is_some())
    }
}

struct Reader<'a> {
    document: &'a SurveyDocument,
    kinds: &'a [Option<QuestionKind>],
    numbers: &'a HashMap<String, u16>,
}

/// Reads the ways on from every question.
pub(super) fn read(
    document: &SurveyDocument,
    kinds: &[Option<QuestionKind>],
    numbers: &HashMap<String, u16>,
    report: &mut Report,
) -> Vec<Draft> {
    let reader = Reader { document, kinds, numbers };
    (0u16..).zip(&document.questions).map(|(no, _)| reader.question(no, report)).collect()
}

impl Reader<'_> {
    fn question(&self, no: u16, report: &mut Report) -> Draft {
        let Some(question) = self.document.questions.get(usize::from(no)) else {
            return Draft { branches: Vec::new(), otherwise: None };
        };
        let branches = question.branches.as_deref().unwrap_or_default();
        if branches.len() > MAX_BRANCHES {
            let path = format!("questions[{no}].branches");
            report.add(path, format_args!("has {} branches: give at most {MAX_BRANCHES}", branches.len()));
        }
        let branches = branches.iter().take(MAX_BRANCHES).enumerate();
        let branches = branches
            .map(|(i, b)| self.branch(no, &format!("questions[{no}].branches[{i}]"), b, report))
            .collect();
        let otherwise = match &question.otherwise {
            Some(word) => self.target(no, &format!("questions[{no}].otherwise"), word, report),
            None => Some(Some(no + 1).filter(|next| usize::from(*next) < self.document.questions.len())),
        };
        Draft { branches, otherwise }
    }

    fn branch(&self, no: u16, path: &str, branch: &BranchDocument, report: &mut Report) -> DraftBranch {
        let count = branch.when.len();
        if branch.when.is_empty() {
            report.add(
                format_args!("{path}.when"),
                "is empty: give a condition, or use `otherwise` for a way without one",
            );
        } else if count > MAX_CONDITIONS {
            report.add(
                format_args!("{path}.when"),
                format_args!("has {count} conditions: give at most {MAX_CONDITIONS}"),
            );
        }
        let mut when = Some(Vec::new()).filter(|_| !branch.when.is_empty());
        for (i, condition) in branch.when.iter().take(MAX_CONDITIONS).enumerate() {
            let condition = self.condition(&format!("{path}.when[{i}]"), condition, report);
            when = when.zip(condition).map(|(mut list, condition)| {
                list.push(condition);
                list
            });
        }
        DraftBranch { when, target: self.target(no, &format!("{path}.goto"), &branch.goto, report) }
    }

    fn target(&self, no: u16, path: &str, word: &str, report: &mut Report) -> Option<Target> {
        if word == END {
            return Some(None);
        }
        match self.numbers.get(word) {
            Some(target) if *target == no => {
                report.add(path, format_args!("is `{word}`, the question itself: name another one or `end`"));
                None
            }
            Some(target) => Some(Some(*target)),
            None => {
                let word: String = word.chars().take(60).collect();
                report.add(
                    path,
                    format_args!("is `{word}`, which is no question: give a question's key or `end`"),
                );
                None
            }
        }
    }

    fn condition(&self, path: &str, condition: &ConditionDocument, report: &mut Report) -> Option<Condition> {
        let Some(question) = self.numbers.get(&condition.question).copied() else {
            let word: String = condition.question.chars().take(60).collect();
            report.add(
                format_args!("{path}.question"),
                format_args!("is `{word}`, which is no question: give a question's key"),
            );
            return None;
        };
        let kind = self.kinds.get(usize::from(question))?.as_ref()?;
        match test(kind, condition.is, condition.value.as_ref()) {
            Ok(test) => Some(Condition { question, test }),
            Err(Wrong::Comparison(why)) => {
                report.add(format_args!("{path}.is"), format_args!("`{}` {why}", condition.is.as_str()));
                None
            }
            Err(Wrong::Value(why)) => {
                report.add(format_args!("{path}.value"), why);
                None
            }
        }
    }
}

/// What is wrong with a condition.
enum Wrong {
    Comparison(String),
    Value(String),
}

fn test(kind: &QuestionKind, is: Comparison, value: Option<&ConditionValue>) -> Result<Test, Wrong> {
    let word = kind.as_str();
    match is {
        Comparison::Answered | Comparison::Skipped if value.is_some() => Err(Wrong::Value(format!(
            "stands beside `{}`, which compares with nothing: remove it",
            is.as_str()
        ))),
        Comparison::Answered => Ok(Test::Answered),
        Comparison::Skipped => Ok(Test::Skipped),
        Comparison::AtLeast => bound(kind, value).map(Test::AtLeast),
        Comparison::AtMost => bound(kind, value).map(Test::AtMost),
        Comparison::Equals => match kind {
            QuestionKind::FreeText { .. } | QuestionKind::VoiceComment { .. } => {
                Err(Wrong::Comparison(format!("cannot be asked of a `{word}`: use `answered` or `skipped`")))
            }
            QuestionKind::YesNo => yes_no(value).map(|n| Test::Equals(AnswerValue::Number(n))),
            QuestionKind::Choice { choices, .. } => {
                let key = match value {
                    Some(ConditionValue::Word(key)) => choices.iter().find(|c| c.key == *key),
                    _ => None,
                };
                let keys: Vec<&str> = choices.iter().take(20).map(|c| c.key.as_str()).collect();
                let wrong =
                    || Wrong::Value(format!("must be the key of a choice: one of {}", keys.join(", ")));
                key.map(|c| Test::Equals(AnswerValue::Choice(c.key.clone()))).ok_or_else(wrong)
            }
            QuestionKind::Rating { .. } | QuestionKind::Nps => {
                bound(kind, value).map(|n| Test::Equals(AnswerValue::Number(n)))
            }
        },
    }
}

/// The number of a comparison with a scale.
fn bound(kind: &QuestionKind, value: Option<&ConditionValue>) -> Result<i32, Wrong> {
    let Some((min, max)) = kind.range() else {
        let other = match kind {
            QuestionKind::YesNo | QuestionKind::Choice { .. } => "`equals`, ",
            _ => "",
        };
        let why = format!("cannot be asked of a `{}`: use {other}`answered` or `skipped`", kind.as_str());
        return Err(Wrong::Comparison(why));
    };
    let number = match value {
        Some(ConditionValue::Number(n)) => i32::try_from(*n).ok(),
        _ => None,
    };
    let wrong = || Wrong::Value(format!("must be a whole number from {min} to {max}, the question's scale"));
    number.filter(|n| (min..=max).contains(n)).ok_or_else(wrong)
}

fn yes_no(value: Option<&ConditionValue>) -> Result<i32, Wrong> {
    match value {
        Some(ConditionValue::Bool(yes)) => Ok(i32::from(*yes)),
        Some(ConditionValue::Number(1)) => Ok(1),
        Some(ConditionValue::Number(0)) => Ok(0),
        Some(ConditionValue::Word(word)) if word == "yes" => Ok(1),
        Some(ConditionValue::Word(word)) if word == "no" => Ok(0),
        _ => Err(Wrong::Value("must be `yes` or `no`".to_owned())),
    }
}
