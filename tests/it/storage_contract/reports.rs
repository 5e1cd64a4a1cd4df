//! The cases of the figures for reports.

use std::collections::BTreeMap;

use super::*;

fn filter(group: ReportGroup) -> ReportFilter {
    ReportFilter { survey: None, from: None, until: None, group }
}

const GROUPS: [ReportGroup; 6] = [
    ReportGroup::Survey,
    ReportGroup::Agent,
    ReportGroup::Team,
    ReportGroup::Queue,
    ReportGroup::Service,
    ReportGroup::QuarterHour,
];

/// The key of a response in a group, by the response's own facts.
fn key_of(group: ReportGroup, offer: &OfferRow) -> Option<String> {
    let own = |text: &Option<Name>| text.as_ref().map(|text| text.as_str().to_owned());
    match group {
        ReportGroup::Survey => Some(String::new()),
        ReportGroup::Agent => offer.facts.agent_id.as_ref().map(|id| id.as_str().to_owned()),
        ReportGroup::Team => own(&offer.facts.team),
        ReportGroup::Queue => own(&offer.facts.queue),
        ReportGroup::Service => Some("All".into()),
        ReportGroup::QuarterHour => Some((offer.at.timestamp() / 900).to_string()),
    }
}

/// Responses of two agents, two teams, with and without facts, over two quarters of an hour.
async fn some_responses(storage: &dyn Storage, ground: Ground) -> Vec<(OfferRow, Vec<AnswerValue>)> {
    let mut stored = Vec::new();
    for n in 0..24u16 {
        let facts = CallFacts {
            agent_id: number(if n % 4 == 0 {
                ""
            } else if n % 2 == 0 {
                "1001"
            } else {
                "1002"
            }),
            team: name(if n % 3 == 0 { "" } else { "فريق" }),
            queue: name(if n < 12 { "Sales" } else { "Support 🎧" }),
            ..CallFacts::default()
        };
        let offer = OfferRow { facts, ..ground.offer(minute(i64::from(n))) };
        let values = vec![
            AnswerValue::Number(i32::from(n % 5)),
            AnswerValue::Choice(if n % 2 == 0 { "yes".into() } else { "no".into() }),
            AnswerValue::Skipped,
        ];
        ground.answered(storage, offer.clone(), &values).await;
        stored.push((offer, values));
    }
    stored
}

pub async fn values_are_counted_by_every_group(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let stored = some_responses(storage, ground).await;
    for group in GROUPS {
        let mut expected: BTreeMap<_, u64> = BTreeMap::new();
        for (offer, values) in &stored {
            for (no, value) in values.iter().enumerate() {
                *expected.entry((key_of(group, offer), format!("q{no}"), value.clone())).or_default() += 1;
            }
        }
        let rows = storage.tallies(filter(group)).await.unwrap();
        assert!(rows.iter().all(|row| row.version == ground.version && row.group.survey == "csat"));
        let counted: BTreeMap<_, u64> = rows
            .iter()
            .map(|r| ((r.group.key.clone(), r.question_key.clone(), r.value.clone()), r.n))
            .collect();
        assert_eq!(counted.len(), rows.len(), "{group:?}: one row for each value");
        assert_eq!(counted, expected, "{group:?}");
    }
}

pub async fn states_are_counted_by_every_group(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let stored = some_responses(storage, ground).await;
    let silent = ground.offer(minute(1));
    storage.insert_offer(silent.clone()).await.unwrap();
    storage.insert_offer(OfferRow { response: None, ..ground.offer(minute(2)) }).await.unwrap();
    for group in GROUPS {
        let mut expected: BTreeMap<_, u64> = BTreeMap::new();
        for (offer, _) in &stored {
            *expected.entry((key_of(group, offer), ResponseState::Complete)).or_default() += 1;
        }
        *expected.entry((key_of(group, &silent), ResponseState::Offered)).or_default() += 1;
        let rows = storage.state_counts(filter(group)).await.unwrap();
        let counted: BTreeMap<_, u64> = rows.iter().map(|r| ((r.group.key.clone(), r.state), r.n)).collect();
        assert_eq!((counted.len(), counted), (rows.len(), expected), "{group:?}");
    }
}

pub async fn a_report_covers_its_survey_and_time_only(engine: &Engine) {
    let storage = &*engine.storage;
    let (one, two) = (Ground::with_survey(storage, "one").await, Ground::with_survey(storage, "two").await);
    for minutes in 0..10 {
        one.answered(storage, one.offer(minute(minutes)), &[AnswerValue::Number(1)]).await;
        two.answered(storage, two.offer(minute(minutes)), &[AnswerValue::Number(2)]).await;
    }
    let count = async |survey, from: Option<i64>, until: Option<i64>| {
        let covered = ReportFilter {
            survey,
            from: from.map(minute),
            until: until.map(minute),
            group: ReportGroup::Survey,
        };
        let tallied: u64 = storage.tallies(covered.clone()).await.unwrap().iter().map(|row| row.n).sum();
        let stated: u64 = storage.state_counts(covered).await.unwrap().iter().map(|row| row.n).sum();
        assert_eq!(tallied, stated);
        tallied
    };
    assert_eq!(count(None, None, None).await, 20);
    assert_eq!(count(Some(one.survey), None, None).await, 10);
    assert_eq!(count(Some(one.survey), Some(3), None).await, 7, "`from` itself counts");
    assert_eq!(count(Some(one.survey), Some(3), Some(5)).await, 2, "`until` itself does not");
    assert_eq!(count(None, None, Some(5)).await, 10);
    assert_eq!(count(Some(SurveyId::new(start(), &SystemChance)), None, None).await, 0);
    let keys: Vec<_> = storage
        .tallies(filter(ReportGroup::Survey))
        .await
        .unwrap()
        .into_iter()
        .map(|r| r.group.survey)
        .collect();
    assert_eq!(keys, ["one", "two"]);
}

pub async fn texts_and_recordings_are_counted_without_their_words(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    for words in ["good", "bad", "سيئ"] {
        let values = [AnswerValue::Text(words.into()), AnswerValue::Recording(format!("{words}.wav"))];
        ground.answered(storage, ground.offer(start()), &values).await;
    }
    let rows = storage.tallies(filter(ReportGroup::Survey)).await.unwrap();
    let counted: Vec<_> = rows.into_iter().map(|row| (row.value, row.n)).collect();
    assert_eq!(counted, [(AnswerValue::Text(String::new()), 3), (AnswerValue::Recording(String::new()), 3)]);
}

pub async fn an_agent_who_was_renamed_is_one_group_with_the_newest_name(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    for (minutes, id, called) in
        [(0, "7", "Zed Old"), (5, "7", "Ann New"), (6, "7", ""), (3, "8", "8"), (4, "9", "")]
    {
        let facts = CallFacts { agent_id: number(id), agent_name: name(called), ..CallFacts::default() };
        let offer = OfferRow { facts, ..ground.offer(minute(minutes)) };
        ground.answered(storage, offer, &[AnswerValue::Number(1)]).await;
    }
    let rows = storage.tallies(filter(ReportGroup::Agent)).await.unwrap();
    let seen: Vec<_> =
        rows.iter().map(|r| (r.group.key.as_deref().unwrap(), r.group.label.as_deref(), r.n)).collect();
    assert_eq!(seen, [("7", Some("Ann New"), 3), ("8", None, 1), ("9", None, 1)]);
    let states = storage.state_counts(filter(ReportGroup::Agent)).await.unwrap();
    assert_eq!(
        states.iter().map(|row| &row.group).collect::<Vec<_>>(),
        rows.iter().map(|row| &row.group).collect::<Vec<_>>(),
        "both counts name a group alike"
    );
}

pub async fn ten_thousand_responses_are_counted_exactly(engine: &Engine) {
    const RESPONSES: usize = 10_000;
    const CALLERS: usize = 100;
    let ground = Ground::with_survey(&*engine.storage, "csat").await;
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let storage = Arc::clone(&engine.storage);
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move {
                for n in 0..RESPONSES / CALLERS {
                    let facts = CallFacts { agent_id: number(&caller.to_string()), ..CallFacts::default() };
                    let offer = OfferRow { facts, ..ground.offer(minute(i64::try_from(n).unwrap())) };
                    let value = AnswerValue::Number(i32::try_from(n % 10).unwrap());
                    ground.answered(&*storage, offer, &[value]).await;
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    let rows = engine.storage.tallies(filter(ReportGroup::Agent)).await.unwrap();
    assert_eq!(rows.len(), CALLERS * 10);
    assert!(rows.iter().all(|row| row.n == 10));
    let states = engine.storage.state_counts(filter(ReportGroup::Survey)).await.unwrap();
    assert_eq!((states.len(), states[0].n), (1, 10_000));
}

pub async fn quarter_hours_are_told_apart_where_clocks_change(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    // In Berlin both are half past two in the night, an hour apart.
    let twice =
        ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map(|text| text.parse::<DateTime<Utc>>().unwrap());
    for at in twice {
        let offer = OfferRow { id: response_id(start()), ..ground.offer(at) };
        ground.answered(storage, offer, &[AnswerValue::Number(1)]).await;
    }
    let rows = storage.state_counts(filter(ReportGroup::QuarterHour)).await.unwrap();
    let keys: Vec<_> = rows.iter().map(|row| row.group.key.clone().unwrap()).collect();
    assert_eq!(keys, twice.map(|at| (at.timestamp() / 900).to_string()));
}

pub async fn a_report_of_a_hundred_thousand_rows_comes_whole_and_in_order(engine: &Engine) {
    const AGENTS: usize = 250;
    const QUESTIONS: usize = 400;
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let offers = (0..AGENTS).map(|agent| {
        let facts = CallFacts { agent_id: number(&format!("{agent:03}")), ..CallFacts::default() };
        storage.insert_offer(OfferRow { facts, ..ground.offer(start()) })
    });
    for stored in futures_util::future::join_all(offers).await {
        stored.unwrap();
    }
    let twenty: Vec<_> = (0..20).map(|n| format!("SELECT {n} AS v")).collect();
    let twenty = twenty.join(" UNION ALL ");
    let sql = format!(
        "INSERT INTO answer (response_id, question_no, question_key, kind, num, text, at)
         SELECT r.id, a.v * 20 + b.v, CONCAT('q', 100 + a.v * 20 + b.v), 'number', b.v, NULL, 1
         FROM response r CROSS JOIN ({twenty}) a CROSS JOIN ({twenty}) b"
    );
    engine.execute(&sql).await;
    let rows = storage.tallies(filter(ReportGroup::Agent)).await.unwrap();
    assert_eq!(rows.len(), AGENTS * QUESTIONS);
    for (place, row) in rows.iter().enumerate() {
        let (agent, question) = (place / QUESTIONS, place % QUESTIONS);
        assert_eq!(row.group.key.as_deref(), Some(&*format!("{agent:03}")));
        assert_eq!(row.question_key, format!("q{}", 100 + question));
        assert_eq!((&row.value, row.n), (&AnswerValue::Number(i32::try_from(question % 20).unwrap()), 1));
    }
}
