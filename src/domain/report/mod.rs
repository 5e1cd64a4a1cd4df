//! Reports: counts of answers and states folded into scores by survey, group and question.

mod book;
mod days;
mod lifecycle;
mod periods;

#[cfg(test)]
mod tests;

pub use book::{Book, Group, GroupScores, Measure, SurveyScores, UnknownQuestion};
pub use days::{date_of_quarter, hour_of_quarter};
pub use lifecycle::Lifecycle;
pub use periods::{Period, Span, gaps, periods};
