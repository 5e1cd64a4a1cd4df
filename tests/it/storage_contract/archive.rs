//! The cases of finding responses, and of forgetting a person.

use aftercall::domain::account::AuditAction;
use aftercall::foundation::AuditId;
use aftercall::storage::{
    AuditRow, Erased, Erasure, FoundPage, FoundResponse, Narrowed, RecordingRow, ResponseFilter, ValueFilter,
};

use super::*;

fn page(limit: u32, after: Option<&FoundResponse>) -> FoundPage {
    FoundPage { after: after.map(FoundResponse::place), limit: NonZeroU32::new(limit).unwrap() }
}

async fn found(storage: &dyn Storage, filter: ResponseFilter) -> Vec<FoundResponse> {
    storage.find_responses(filter, page(1000, None)).await.unwrap()
}

/// What the responses of a filter are told apart by: their call ids, oldest first.
async fn calls(storage: &dyn Storage, filter: ResponseFilter) -> Vec<String> {
    let counted = storage.count_responses(filter.clone(), 1000).await.unwrap();
    let found = found(storage, filter).await;
    assert_eq!(counted, found.len() as u64, "what is counted is what is found");
    let mut calls: Vec<String> = found.iter().map(|f| f.call.call_id.as_ref().unwrap().to_string()).collect();
    calls.reverse();
    calls
}

/// A response by somebody, of a team, a minute after the one before.
async fn answered(
    storage: &dyn Storage,
    ground: Ground,
    no: i64,
    customer: &str,
    team: &str,
    values: &[AnswerValue],
) -> ResponseId {
    let facts = CallFacts {
        customer: number(customer),
        call_id: call(&format!("c{no}")),
        agent_id: number(&format!("10{no}")),
        agent_name: name("Ámbar 🎧"),
        team: name(team),
        queue: name(if no % 2 == 0 { "even" } else { "odd" }),
        ..CallFacts::default()
    };
    ground.answered(storage, OfferRow { facts, ..ground.offer(minute(no)) }, values).await
}

pub(super) fn erasure(no: i64, how: Erasure) -> AuditRow {
    let action = match how {
        Erasure::Delete => AuditAction::CustomerDeleted,
        Erasure::Anonymise => AuditAction::CustomerAnonymised,
    };
    AuditRow {
        id: AuditId::new(minute(no), &SystemChance),
        at: minute(no),
        account: None,
        who: "amira".into(),
        action: action.as_str().into(),
        subject: "…34".into(),
        before: None,
        after: None,
        address: "10.0.0.7".into(),
    }
}

pub async fn responses_are_found_by_everything_people_know_of_them(engine: &Engine) {
    let storage = &*engine.storage;
    let (one, two) = (Ground::with_survey(storage, "one").await, Ground::with_survey(storage, "two").await);
    answered(storage, one, 0, "+34600", "North", &[AnswerValue::Number(5)]).await;
    answered(
        storage,
        one,
        1,
        "+34600",
        "North|East",
        &[AnswerValue::Number(2), AnswerValue::Text("so so".into())],
    )
    .await;
    let third = answered(storage, two, 2, "+34611", "", &[AnswerValue::Choice("b".into())]).await;
    answered(storage, two, 3, "+34622", "%", &[AnswerValue::Skipped, AnswerValue::Number(2)]).await;
    let all = ResponseFilter::default;
    assert_eq!(calls(storage, all()).await, ["c0", "c1", "c2", "c3"]);
    let cases: [(&str, ResponseFilter, &[&str]); 17] = [
        ("id", ResponseFilter { id: Some(third), ..all() }, &["c2"]),
        ("from", ResponseFilter { from: Some(minute(2)), ..all() }, &["c2", "c3"]),
        ("until", ResponseFilter { until: Some(minute(2)), ..all() }, &["c0", "c1"]),
        ("survey", ResponseFilter { survey: Some(two.survey), ..all() }, &["c2", "c3"]),
        ("service", ResponseFilter { service: Some(ServiceId::new(start(), &SystemChance)), ..all() }, &[]),
        ("state", ResponseFilter { state: Some(ResponseState::Partial), ..all() }, &[]),
        ("channel", ResponseFilter { channel: Some(Channel::Voice), ..all() }, &["c0", "c1", "c2", "c3"]),
        ("language", ResponseFilter { language: Some("es".into()), ..all() }, &[]),
        ("agent's id", ResponseFilter { agent: Some("103".into()), ..all() }, &["c3"]),
        (
            "agent's name",
            ResponseFilter { agent: Some("Ámbar 🎧".into()), ..all() },
            &["c0", "c1", "c2", "c3"],
        ),
        ("queue", ResponseFilter { queue: Some("even".into()), ..all() }, &["c0", "c2"]),
        ("team", ResponseFilter { team: Some("North".into()), ..all() }, &["c0"]),
        ("number", ResponseFilter { value: Some(ValueFilter::Number(1, 2)), ..all() }, &["c1", "c3"]),
        (
            "number of a question",
            ResponseFilter { question: Some("q1".into()), value: Some(ValueFilter::Number(1, 2)), ..all() },
            &["c3"],
        ),
        ("choice", ResponseFilter { value: Some(ValueFilter::Choice("b".into())), ..all() }, &["c2"]),
        ("comment", ResponseFilter { with_comment: true, ..all() }, &["c1"]),
        (
            "customer and call",
            ResponseFilter { customer: Some("+34600".into()), call_id: Some("c1".into()), ..all() },
            &["c1"],
        ),
    ];
    for (what, filter, expected) in cases {
        assert_eq!(calls(storage, filter).await, expected, "{what}");
    }
    assert_eq!(calls(storage, ResponseFilter { call_id: Some("c3".into()), ..all() }).await, ["c3"]);
    let whole = &found(storage, ResponseFilter { call_id: Some("c1".into()), ..all() }).await[0];
    assert_eq!((whole.survey.as_str(), whole.survey_name.as_str(), whole.version), ("one", "Survey one", 1));
    assert_eq!((whole.service.as_str(), whole.state), ("All", ResponseState::Complete));
    let said = [answer(0, AnswerValue::Number(2)), answer(1, AnswerValue::Text("so so".into()))];
    assert_eq!(whole.answers, said);
}

pub async fn a_person_finds_and_counts_the_own_teams_only_whatever_they_are_called(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "one").await;
    for (no, team) in (0..).zip(["North", "North East", "", "%", "nor", "Nörd 🎧"]) {
        answered(storage, ground, no, "+1", team, &[AnswerValue::Number(1)]).await;
    }
    let seen = async |teams: &[&str]| {
        let teams = Some(teams.iter().map(|team| (*team).to_owned()).collect::<Vec<_>>());
        let found =
            calls(storage, ResponseFilter { teams: teams.clone(), ..ResponseFilter::default() }).await;
        let of_customer =
            ResponseFilter { teams: teams.clone(), customer: Some("+1".into()), ..ResponseFilter::default() };
        assert_eq!(calls(storage, of_customer).await, found);
        let report = ReportFilter { teams, ..ReportFilter::default() };
        let first = || Page::first(NonZeroU32::MAX);
        let states: u64 = storage
            .state_counts(report.clone(), Page::first(NonZeroU32::MAX))
            .await
            .unwrap()
            .iter()
            .map(|row| row.n)
            .sum();
        let tallies: u64 = storage.tallies(report, first()).await.unwrap().iter().map(|row| row.n).sum();
        assert_eq!((states, tallies), (found.len() as u64, found.len() as u64));
        found
    };
    assert_eq!(seen(&["North"]).await, ["c0"]);
    assert_eq!(seen(&["North", "nor"]).await, ["c0", "c4"]);
    assert_eq!(seen(&["%"]).await, ["c3"]);
    assert_eq!(seen(&["Nörd 🎧", "North East"]).await, ["c1", "c5"]);
    assert_eq!(seen(&[]).await, [""; 0], "no team is nothing, not everything");
    assert_eq!(seen(&["", "East"]).await, [""; 0], "contacts of no team are nobody's");
    let narrowed = Narrowed { queue: Some("odd".into()), ..Narrowed::default() };
    let report = ReportFilter { narrowed, ..ReportFilter::default() };
    let states = storage.state_counts(report, Page::first(NonZeroU32::MAX)).await.unwrap();
    assert_eq!(states.iter().map(|row| row.n).sum::<u64>(), 3);
}

pub async fn pages_of_responses_follow_each_other_without_gap_or_repeat(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "one").await;
    for no in 0..23 {
        // Several at one moment: their ids tell them apart.
        let offer = OfferRow { facts: CallFacts::default(), ..ground.offer(minute(no / 4)) };
        let answers = vec![AnswerValue::Number(1); usize::try_from(no % 3).unwrap()];
        ground.answered(storage, offer, &answers).await;
    }
    let whole = found(storage, ResponseFilter::default()).await;
    assert_eq!(whole.len(), 23);
    assert!(whole.is_sorted_by_key(|found| std::cmp::Reverse((found.offered_at, found.id))));
    for limit in [1, 2, 7, 23, 24] {
        let mut listed: Vec<FoundResponse> = Vec::new();
        loop {
            let page = page(limit, listed.last());
            let rows = storage.find_responses(ResponseFilter::default(), page).await.unwrap();
            let is_last = rows.len() < limit as usize;
            listed.extend(rows);
            if is_last {
                break;
            }
        }
        assert_eq!(listed, whole, "pages of {limit}");
    }
    assert_eq!(storage.count_responses(ResponseFilter::default(), 10).await.unwrap(), 10, "no further");
}

pub async fn a_customer_who_is_deleted_leaves_nothing_but_the_proof(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "one").await;
    let gone =
        answered(storage, ground, 0, "+34", "A", &[AnswerValue::Number(5), AnswerValue::Skipped]).await;
    let kept = answered(storage, ground, 1, "+35", "A", &[AnswerValue::Number(4)]).await;
    let refused = OfferRow {
        facts: CallFacts { customer: number("+34"), ..CallFacts::default() },
        response: None,
        result: "sampled_out".into(),
        ..ground.offer(minute(2))
    };
    storage.insert_offer(refused).await.unwrap();
    let line = erasure(3, Erasure::Delete);
    let erased = storage.erase_customer("+34".into(), Erasure::Delete, line.clone()).await.unwrap();
    assert_eq!(erased, Erased { asks: 2, responses: 1, answers: 2, recordings: 0 });
    assert_eq!(storage.response(gone).await.unwrap(), None);
    assert_eq!(storage.offer(gone).await.unwrap(), None);
    assert!(storage.response(kept).await.unwrap().is_some());
    assert_eq!(storage.offers(None, Some("+34".into()), 10).await.unwrap(), []);
    let told = &storage.audit(None, 1).await.unwrap()[0];
    let after = told.after.as_deref().unwrap();
    assert_eq!(serde_json::from_str::<Erased>(after).unwrap(), erased, "{after}");
    assert_eq!(*told, AuditRow { after: Some(after.to_owned()), ..line });
    let nothing = storage.erase_customer("+34".into(), Erasure::Delete, erasure(4, Erasure::Delete)).await;
    assert_eq!(nothing.unwrap(), Erased::default());
}

pub async fn a_customer_who_is_made_anonymous_leaves_scores_and_no_word(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "one").await;
    let values = [AnswerValue::Number(5), AnswerValue::Text("my name is Ana".into())];
    let id = answered(storage, ground, 0, "+34", "A", &values).await;
    let recording = RecordingId::of(id, "q2", b"audio");
    let said = ResponseUpdate {
        recordings: vec![RecordingRow {
            id: recording,
            question_no: 2,
            audio: (*b"audio").into(),
            duration: Duration::from_secs(3),
        }],
        ..update(
            id,
            1,
            ResponseState::Complete,
            vec![answer(2, AnswerValue::Recording(recording.to_string()))],
        )
    };
    assert_eq!(storage.update_response(said).await.unwrap(), UpdateOutcome::Stored);
    let erased =
        storage.erase_customer("+34".into(), Erasure::Anonymise, erasure(3, Erasure::Anonymise)).await;
    assert_eq!(erased.unwrap(), Erased { asks: 1, responses: 1, answers: 3, recordings: 1 });
    let found = &found(storage, ResponseFilter::default()).await[0];
    assert_eq!((&found.call.customer, &found.call.call_id), (&None, &None));
    assert_eq!(found.call.team, name("A"), "whose call it was stays");
    assert_eq!(found.answers[0].value, AnswerValue::Number(5));
    assert_eq!(found.answers[1].value, AnswerValue::Text(String::new()));
    assert_eq!(storage.recording(recording).await.unwrap().unwrap().audio, None);
}
