//! What becomes of a spooled change when somebody else went on with the response meanwhile: every answer that a customer
//! was told is stored is stored, the newer one of two to one question; an end stays an end.

use crate::domain::response::{Answer, AnswerValue, ResponseState};
use crate::storage::{ResponseRow, ResponseUpdate};

/// The change to make instead, on top of what is stored now; `None` when nothing of it is missing.
pub(super) fn merged(row: &ResponseRow, update: &ResponseUpdate) -> Option<ResponseUpdate> {
    let is_news = |answer: &&Answer| {
        let stored = row.answers.iter().find(|stored| stored.question_no == answer.question_no);
        stored.is_none_or(|stored| stored.at < answer.at)
    };
    let answers: Vec<Answer> = update.answers.iter().filter(is_news).cloned().collect();
    let questions: Vec<u16> = answers.iter().map(|answer| answer.question_no).collect();
    let recordings = update
        .recordings
        .iter()
        .filter(|recording| questions.contains(&recording.question_no))
        .cloned()
        .collect();
    let answered = row.answers.iter().chain(&answers).any(|answer| answer.value != AnswerValue::Skipped);
    let state = state(row.state, update.state, answered);
    // Who came to the end elsewhere is not asked by another way. One that was stored before is not stored twice.
    let follow_up = update.follow_up.clone().filter(|_| state != ResponseState::Complete);
    if answers.is_empty() && state == row.state && follow_up.is_none() {
        return None;
    }
    Some(ResponseUpdate { expected_seq: row.seq, answers, recordings, state, follow_up, ..update.clone() })
}

/// The state of a response that two ends moved on. Whoever answered something neither declined nor let it expire.
fn state(one: ResponseState, other: ResponseState, answered: bool) -> ResponseState {
    use ResponseState::{Complete, Declined, Expired, InProgress, Offered, Partial};
    let rank = |state: ResponseState| match state {
        Offered => 0,
        InProgress => 1,
        Expired => 2,
        Declined => 3,
        Partial => 4,
        Complete => 5,
    };
    let further = if rank(one) >= rank(other) { one } else { other };
    match further {
        Expired | Declined if answered => Partial,
        state => state,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;
    use crate::domain::contact::{CallFacts, Channel};
    use crate::foundation::{ResponseId, SeededChance, ServiceId, SurveyId, VersionId, WriteId};
    use crate::storage::{OfferRow, ResponseFacts};

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    fn answer(question_no: u16, value: i32, second: i64) -> Answer {
        let value = AnswerValue::Number(value);
        Answer { question_no, question_key: format!("q{question_no}"), value, at: at(second) }
    }

    fn stored(state: ResponseState, answers: Vec<Answer>) -> ResponseRow {
        let chance = SeededChance::new(1);
        ResponseRow {
            id: ResponseId::new(at(0), &chance),
            facts: ResponseFacts {
                survey: SurveyId::new(at(0), &chance),
                version: VersionId::new(at(0), &chance),
                channel: Channel::Voice,
                language: "en".into(),
                seed: 1,
            },
            service: ServiceId::new(at(0), &chance),
            call: CallFacts::default(),
            state,
            seq: 7,
            offered_at: at(0),
            started_at: None,
            ended_at: None,
            answers,
        }
    }

    fn spooled(state: ResponseState, answers: Vec<Answer>) -> ResponseUpdate {
        let chance = SeededChance::new(2);
        ResponseUpdate {
            id: ResponseId::new(at(0), &chance),
            write: WriteId::new(at(0), &chance),
            expected_seq: 2,
            answers,
            state,
            recordings: Vec::new(),
            at: at(9),
            follow_up: None,
        }
    }

    #[test]
    fn answers_that_are_missing_or_newer_are_stored_and_older_ones_are_not() {
        use ResponseState::InProgress;
        let row = stored(InProgress, vec![answer(0, 1, 5), answer(1, 1, 5)]);
        let update = spooled(InProgress, vec![answer(0, 2, 6), answer(1, 2, 4), answer(2, 2, 4)]);
        let merged = merged(&row, &update).unwrap();
        assert_eq!(merged.answers, [answer(0, 2, 6), answer(2, 2, 4)]);
        assert_eq!((merged.expected_seq, merged.write, merged.state), (7, update.write, InProgress));
    }

    #[test]
    fn nothing_is_written_when_all_of_it_is_there() {
        use ResponseState::{Complete, InProgress};
        let row = stored(Complete, vec![answer(0, 1, 5)]);
        assert_eq!(merged(&row, &spooled(InProgress, vec![answer(0, 1, 5)])), None);
    }

    #[test]
    fn what_a_hung_up_call_leads_to_is_kept_unless_the_survey_came_to_its_end() {
        use ResponseState::{Complete, Expired, Partial};
        let asked = OfferRow {
            id: ResponseId::new(at(1), &SeededChance::new(3)),
            at: at(1),
            facts: CallFacts::default(),
            service: None,
            result: "offered".into(),
            trace: "[]".into(),
            node: "a".into(),
            response: None,
            invite: None,
        };
        let update = ResponseUpdate { follow_up: Some(Box::new(asked)), ..spooled(Partial, Vec::new()) };
        for before in [Expired, Partial] {
            let merged = merged(&stored(before, Vec::new()), &update).unwrap();
            assert_eq!(merged.follow_up, update.follow_up, "{before:?}");
        }
        assert_eq!(merged(&stored(Complete, Vec::new()), &update), None);
    }

    #[test]
    fn an_end_stays_an_end_and_whoever_answered_did_not_decline() {
        use ResponseState::{Complete, Declined, Expired, InProgress, Offered, Partial};
        let said = || vec![answer(0, 1, 5)];
        for (before, update, after) in [
            (Partial, InProgress, Partial),
            (Expired, InProgress, Partial),
            (InProgress, Complete, Complete),
            (Complete, Partial, Complete),
            (Offered, Declined, Partial),
        ] {
            let merged = merged(&stored(before, Vec::new()), &spooled(update, said())).unwrap();
            assert_eq!(merged.state, after, "{before:?} and {update:?}");
        }
        let declined = merged(&stored(Offered, Vec::new()), &spooled(Declined, Vec::new())).unwrap();
        assert_eq!(declined.state, Declined);
    }
}
