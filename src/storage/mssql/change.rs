//! A change as data: the steps of one transaction. It is repeated by itself where a repetition cannot do it twice: after
//! a deadlock, and when the line broke, for then it is looked up first whether it was done.

use std::borrow::Cow;

use super::fault::Failure;
use super::link::Link;
use super::value::Value;
use crate::storage::columns::Columns;

/// The steps of a transaction.
#[derive(Debug, Default)]
pub(super) struct Change {
    steps: Vec<Step>,
    /// Finds a row with a count above zero, or with the result itself, when the change was made already.
    made: Option<(Cow<'static, str>, Vec<Value>)>,
    /// It is one statement, which is a transaction by itself.
    at_once: bool,
}

/// One statement and what its outcome means for the rest.
#[derive(Debug)]
struct Step {
    sql: Cow<'static, str>,
    values: Vec<Value>,
    then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The next step, whatever it touched.
    Go,
    /// Only done if the step before touched nothing.
    Instead,
    /// Where it touches nothing, nothing of the change is done.
    OrUndo,
    /// Where it finds a count above zero, nothing of the change is done.
    Unless,
    /// Its first row is the change's result.
    Result,
}

/// What became of a change.
pub(super) enum Made {
    /// Done, with the row that a step returned as the result.
    Done(Option<Columns>),
    /// Nothing was to be done, and nothing was.
    Undone,
}

impl Made {
    /// Whether it was done.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

impl Change {
    /// A change of one statement.
    pub(super) fn of(sql: &'static str, values: Vec<Value>) -> Self {
        Self::default().then(sql, values)
    }

    /// A change of one statement that has to touch something, in one round trip.
    pub(super) fn at_once(sql: &'static str, values: Vec<Value>) -> Self {
        Self { at_once: true, ..Self::default().or_undo(sql, values) }
    }

    /// Another statement.
    pub(super) fn then(self, sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Self {
        self.step(sql, values, Then::Go)
    }

    /// A statement that is run if the one before touched nothing.
    pub(super) fn instead(self, sql: &'static str, values: Vec<Value>) -> Self {
        self.step(sql, values, Then::Instead)
    }

    /// A statement without which nothing of the change is done: it has to touch something.
    pub(super) fn or_undo(self, sql: &'static str, values: Vec<Value>) -> Self {
        self.step(sql, values, Then::OrUndo)
    }

    /// A question: where its count is above zero, nothing of the change is done.
    pub(super) fn unless(self, sql: &'static str, values: Vec<Value>) -> Self {
        self.step(sql, values, Then::Unless)
    }

    /// A question whose first row is the result.
    pub(super) fn result(self, sql: &'static str, values: Vec<Value>) -> Self {
        self.step(sql, values, Then::Result)
    }

    /// How to see, after the line broke, that the change was made: a change that may be made twice needs no such
    /// question, one that adds something does.
    pub(super) fn made_if(mut self, sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Self {
        self.made = Some((sql.into(), values));
        self
    }

    fn step(mut self, sql: impl Into<Cow<'static, str>>, values: Vec<Value>, then: Then) -> Self {
        self.steps.push(Step { sql: sql.into(), values, then });
        self
    }

    /// Whether it was made by an attempt that nobody heard the end of.
    pub(super) async fn was_made(&self, link: &mut Link) -> Result<Option<Made>, Failure> {
        let Some((sql, values)) = &self.made else { return Ok(None) };
        let Some(row) = first(link.ask(sql, values).await?) else { return Ok(None) };
        // A count, or a number from 1: zero says that there is none.
        let there = row.clone().count()? > 0;
        Ok(there.then_some(Made::Done(Some(row))))
    }

    /// Makes it, in one transaction.
    pub(super) async fn make(&self, link: &mut Link) -> Result<Made, Failure> {
        if self.at_once {
            return self.steps(link).await;
        }
        link.batch("BEGIN TRANSACTION").await?;
        let made = self.steps(link).await;
        match made {
            Ok(Made::Done(row)) => {
                link.batch("COMMIT TRANSACTION").await?;
                Ok(Made::Done(row))
            }
            Ok(Made::Undone) => {
                link.batch("ROLLBACK TRANSACTION").await?;
                Ok(Made::Undone)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn steps(&self, link: &mut Link) -> Result<Made, Failure> {
        let (mut touched, mut result) = (0, None);
        for step in &self.steps {
            match step.then {
                Then::Instead if touched > 0 => {}
                Then::Go | Then::Instead => touched = link.run(&step.sql, &step.values).await?,
                Then::OrUndo => {
                    if link.run(&step.sql, &step.values).await? == 0 {
                        return Ok(Made::Undone);
                    }
                }
                Then::Unless => {
                    let found = first(link.ask(&step.sql, &step.values).await?);
                    if found.map(|mut row| row.count()).transpose()?.is_some_and(|count| count > 0) {
                        return Ok(Made::Undone);
                    }
                }
                Then::Result => result = first(link.ask(&step.sql, &step.values).await?),
            }
        }
        Ok(Made::Done(result))
    }
}

/// The first row of a request.
pub(super) fn first(answers: Vec<Vec<Columns>>) -> Option<Columns> {
    answers.into_iter().flatten().next()
}
