//! Surveys: the document people write, the validated graph that is asked, the flow through it, the scores.

mod difference;
mod direction;
mod document;
mod drafted;
mod flow;
mod graph;
mod input;
mod invitation;
mod length;
mod refusal;
mod schedule;
pub mod scoring;
mod spoken;
mod texted;
mod validate;
mod written;

#[cfg(test)]
mod tests;

pub use difference::{Difference, differences};
pub use direction::Direction;
pub use document::{
    BranchDocument, ChoiceDocument, Comparison, ConditionDocument, ConditionValue, Day, Format,
    HoursDocument, LocalText, QuestionDocument, QuestionType, RatingMetric, RtlScales, SamplingDocument,
    Scale, ScheduleDocument, SurveyDocument, VoiceMode, json_schema,
};
pub use drafted::{DraftedMessage, drafted_messages};
pub use flow::{Progress, Step, StepKind, advance, advance_all, advance_recording};
pub use graph::{Choice, Problem, Question, QuestionKind, SurveyGraph, Text};
pub use input::InputRules;
pub use invitation::{
    Consent, Invitation, InvitationDocument, InvitationHours, InvitationWay, Reminder, ReminderDocument,
};
pub use refusal::Refusal;
pub use schedule::{Hours, OfferRules, Opening, Schedule};
pub use spoken::{MissingPrompt, Slot, Spoken, missing_prompts};
