//! The cases of the figures for reports.

use std::collections::{BTreeMap, HashSet};

use aftercall::storage::PAIR_MARK;

use super::*;

fn filter(group: ReportGroup) -> ReportFilter {
    ReportFilter { group, ..ReportFilter::default() }
}

fn rows(limit: usize) -> NonZeroU32 {
    NonZeroU32::try_from(u32::try_from(limit).unwrap()).unwrap()
}

/// All rows, read in pages; none has more rows than asked for, and only the last has fewer.
macro_rules! paged {
    ($name:ident, $row:ty) => {
        pub(super) async fn $name(storage: &dyn Storage, filter: ReportFilter, limit: usize) -> Vec<$row> {
            let (mut all, mut next) = (Vec::new(), Some(Page::first(rows(limit))));
            while let Some(page) = next {
                let rows = storage.$name(filter.clone(), page.clone()).await.unwrap();
                assert!(rows.len() <= limit, "{} rows, at most {limit}", rows.len());
                next = page.next(&rows, <$row>::key);
                assert_ne!(next.as_ref(), Some(&page), "a page never leads back to itself");
                all.extend(rows);
                assert!(next.is_none() || all.len() % limit == 0, "only the last page is short");
            }
            all
        }
    };
}
paged!(tallies, TallyRow);
paged!(state_counts, StateCountRow);

/// More than any case has but the largest.
pub(super) const ONE_PAGE: usize = 20_000;

pub(super) const GROUPS: [ReportGroup; 10] = [
    ReportGroup::Survey,
    ReportGroup::Agent,
    ReportGroup::Team,
    ReportGroup::Queue,
    ReportGroup::AgentQueue,
    ReportGroup::Service,
    ReportGroup::Language,
    ReportGroup::Channel,
    ReportGroup::QuarterHour,
    ReportGroup::Hour,
];

/// The key of a response in a group, by the response's own facts.
fn key_of(group: ReportGroup, offer: &OfferRow) -> Option<String> {
    let own = |text: &Option<Name>| text.as_ref().map(|text| text.as_str().to_owned());
    match group {
        ReportGroup::Survey => Some(String::new()),
        ReportGroup::Agent => offer.facts.agent_id.as_ref().map(|id| id.as_str().to_owned()),
        ReportGroup::Team => own(&offer.facts.team),
        ReportGroup::Queue => own(&offer.facts.queue),
        ReportGroup::AgentQueue => {
            let agent = offer.facts.agent_id.as_ref().map_or("", |id| id.as_str());
            Some(format!("{agent}{PAIR_MARK}{}", own(&offer.facts.queue).unwrap_or_default()))
        }
        ReportGroup::Service => Some("All".into()),
        ReportGroup::Language => Some("en".into()),
        ReportGroup::Channel => Some("voice".into()),
        ReportGroup::QuarterHour | ReportGroup::Hour => Some((offer.at.timestamp() / 900).to_string()),
    }
}

/// Responses of two agents, two teams, with and without facts, over two quarters of an hour.
pub(super) async fn some_responses(
    storage: &dyn Storage,
    ground: Ground,
) -> Vec<(OfferRow, Vec<AnswerValue>)> {
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
        let rows = tallies(storage, filter(group), ONE_PAGE).await;
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
        let rows = state_counts(storage, filter(group), ONE_PAGE).await;
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
            ..ReportFilter::default()
        };
        let tallied: u64 = tallies(storage, covered.clone(), 3).await.iter().map(|row| row.n).sum();
        let stated: u64 = state_counts(storage, covered, 3).await.iter().map(|row| row.n).sum();
        assert_eq!(tallied, stated);
        tallied
    };
    assert_eq!(count(None, None, None).await, 20);
    assert_eq!(count(Some(one.survey), None, None).await, 10);
    assert_eq!(count(Some(one.survey), Some(3), None).await, 7, "`from` itself counts");
    assert_eq!(count(Some(one.survey), Some(3), Some(5)).await, 2, "`until` itself does not");
    assert_eq!(count(None, None, Some(5)).await, 10);
    assert_eq!(count(Some(SurveyId::new(start(), &SystemChance)), None, None).await, 0);
    let tallied = tallies(storage, filter(ReportGroup::Survey), ONE_PAGE).await;
    let keys: Vec<_> = tallied.into_iter().map(|row| row.group.survey).collect();
    assert_eq!(keys, ["one", "two"]);
}

pub async fn texts_and_recordings_are_counted_without_their_words(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    for words in ["good", "bad", "سيئ"] {
        let values = [AnswerValue::Text(words.into()), AnswerValue::Recording(format!("{words}.wav"))];
        ground.answered(storage, ground.offer(start()), &values).await;
    }
    let rows = tallies(storage, filter(ReportGroup::Survey), ONE_PAGE).await;
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
    let rows = tallies(storage, filter(ReportGroup::Agent), ONE_PAGE).await;
    let seen: Vec<_> =
        rows.iter().map(|r| (r.group.key.as_deref().unwrap(), r.group.label.as_deref(), r.n)).collect();
    assert_eq!(seen, [("7", Some("Ann New"), 3), ("8", Some("8"), 1), ("9", None, 1)]);
    let states = state_counts(storage, filter(ReportGroup::Agent), ONE_PAGE).await;
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
    let rows = tallies(&*engine.storage, filter(ReportGroup::Agent), ONE_PAGE).await;
    assert_eq!(rows.len(), CALLERS * 10);
    assert!(rows.iter().all(|row| row.n == 10));
    let states = state_counts(&*engine.storage, filter(ReportGroup::Survey), ONE_PAGE).await;
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
    let rows = state_counts(storage, filter(ReportGroup::QuarterHour), ONE_PAGE).await;
    let keys: Vec<_> = rows.iter().map(|row| row.group.key.clone().unwrap()).collect();
    assert_eq!(keys, twice.map(|at| (at.timestamp() / 900).to_string()));
}

pub async fn a_report_of_a_hundred_thousand_rows_comes_in_pages_whole_and_in_order(engine: &Engine) {
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
    let rows = tallies(storage, filter(ReportGroup::Agent), 9_999).await;
    assert_eq!(rows.len(), AGENTS * QUESTIONS);
    for (place, row) in rows.iter().enumerate() {
        let (agent, question) = (place / QUESTIONS, place % QUESTIONS);
        assert_eq!(row.group.key.as_deref(), Some(&*format!("{agent:03}")));
        assert_eq!(row.question_key, format!("q{}", 100 + question));
        assert_eq!((&row.value, row.n), (&AnswerValue::Number(i32::try_from(question % 20).unwrap()), 1));
    }
}

/// Keys that are equal but for their end, their case, or what lies beyond the basic plane: 🎧 is a pair of surrogates,
/// which sort before U+FDFA by UTF-16 units and after it by characters.
const TEAMS: [&str; 12] = ["", "a", "A", "ab", "aB", "b", "فر", "فريق", "ﷺ", "🎧", "🎧🎧", "x"];

/// Responses of surveys with keys that differ little, in two versions each, with values of every kind.
pub(super) async fn mixed_responses(engine: &Engine) -> Vec<Ground> {
    let storage = &*engine.storage;
    let values = [
        AnswerValue::Number(i32::MIN),
        AnswerValue::Number(-1),
        AnswerValue::Number(0),
        AnswerValue::Number(10),
        AnswerValue::Number(9),
        AnswerValue::Skipped,
        AnswerValue::Choice("yes".into()),
        AnswerValue::Choice("Yes".into()),
        AnswerValue::Choice("yes\"🎧".into()),
        AnswerValue::Choice("نعم".into()),
        AnswerValue::Text("سيئ".into()),
        AnswerValue::Recording("a.wav".into()),
    ];
    let mut grounds = Vec::new();
    for key in ["csat", "Csat", "csat-2"] {
        let old = Ground::with_survey(storage, key).await;
        let new = Ground { version: VersionId::new(minute(1), &SystemChance), ..old };
        storage.publish(published(new.version, new.survey, "{}"), None).await.unwrap();
        grounds.extend([old, new]);
    }
    for (n, team) in TEAMS.into_iter().enumerate() {
        for (no, ground) in grounds.iter().enumerate() {
            let facts = CallFacts { team: name(team), agent_id: number(team), ..CallFacts::default() };
            let offer = OfferRow { facts, ..ground.offer(minute(i64::try_from(20 * n).unwrap())) };
            if (n + no) % 5 == 0 {
                storage.insert_offer(offer).await.unwrap();
                continue;
            }
            let mut given = values.clone();
            given.rotate_left((n + no) % values.len());
            ground.answered(storage, offer, &given[..3]).await;
        }
    }
    // Another program may have stored it: an empty key is not the same as none.
    engine.execute("UPDATE offer SET team = '' WHERE team = 'x'").await;
    grounds
}

pub async fn pages_of_every_size_give_the_rows_of_one_large_page(engine: &Engine) {
    let storage = &*engine.storage;
    mixed_responses(engine).await;
    for group in GROUPS {
        let tallied = tallies(storage, filter(group), ONE_PAGE).await;
        let stated = state_counts(storage, filter(group), ONE_PAGE).await;
        let responses = 6 * TEAMS.len() as u64;
        assert_eq!(stated.iter().map(|row| row.n).sum::<u64>(), responses, "{group:?}");
        let silent = stated.iter().filter(|row| row.state == ResponseState::Offered).map(|row| row.n);
        assert_eq!(tallied.iter().map(|row| row.n).sum::<u64>(), 3 * (responses - silent.sum::<u64>()));
        let keys: HashSet<_> = tallied.iter().map(|row| format!("{:?}", row.key())).collect();
        assert_eq!(keys.len(), tallied.len(), "{group:?}: no row twice");
        let exactly = [tallied.len(), stated.len()];
        for limit in [7, 61].into_iter().chain(exactly) {
            assert_eq!(tallies(storage, filter(group), limit).await, tallied, "{group:?} by {limit}");
            assert_eq!(state_counts(storage, filter(group), limit).await, stated, "{group:?} by {limit}");
        }
    }
    let by_team = filter(ReportGroup::Team);
    let tallied = tallies(storage, by_team.clone(), ONE_PAGE).await;
    let stated = state_counts(storage, by_team.clone(), ONE_PAGE).await;
    assert_eq!(tallies(storage, by_team.clone(), 1).await, tallied);
    assert_eq!(state_counts(storage, by_team, 1).await, stated);
    let teams: HashSet<_> = stated.iter().map(|row| row.group.key.as_deref()).collect();
    let expected = TEAMS.map(|team| match team {
        "" => None,
        "x" => Some(""),
        team => Some(team),
    });
    assert_eq!(teams, HashSet::from(expected));
    assert_eq!(stated[0].group.key, None, "without a key comes first");
}

pub async fn what_is_stored_between_two_pages_neither_repeats_nor_hides_a_row(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = mixed_responses(engine).await[0];
    let by_team = filter(ReportGroup::Team);
    let before = (
        tallies(storage, by_team.clone(), ONE_PAGE).await,
        state_counts(storage, by_team.clone(), ONE_PAGE).await,
    );
    // Groups before, between and after those there are, and more of those there are.
    let mut written = ["", "0", "A", "Aa", "aa", "b", "c", "فرس", "🎧🎧", "🎧🎧🎧"].into_iter().cycle();
    let mut store = async || {
        let facts = CallFacts { team: name(written.next().unwrap()), ..CallFacts::default() };
        let values = [AnswerValue::Number(5), AnswerValue::Choice("maybe".into())];
        ground.answered(storage, OfferRow { facts, ..ground.offer(start()) }, &values).await;
    };
    let (mut tallied, mut next) = (Vec::new(), Some(Page::first(rows(7))));
    while let Some(page) = next {
        let rows = storage.tallies(by_team.clone(), page.clone()).await.unwrap();
        next = page.next(&rows, TallyRow::key);
        tallied.extend(rows.iter().map(|row| format!("{:?}", row.key())));
        store().await;
    }
    let (mut stated, mut next) = (Vec::new(), Some(Page::first(rows(7))));
    while let Some(page) = next {
        let rows = storage.state_counts(by_team.clone(), page.clone()).await.unwrap();
        next = page.next(&rows, StateCountRow::key);
        stated.extend(rows.iter().map(|row| format!("{:?}", row.key())));
        store().await;
    }
    let once = |keys: &[String]| {
        let different: HashSet<_> = keys.iter().cloned().collect();
        assert_eq!(different.len(), keys.len(), "no row twice");
        different
    };
    let (tallied, stated) = (once(&tallied), once(&stated));
    assert!(before.0.iter().all(|row| tallied.contains(&format!("{:?}", row.key()))), "none is missing");
    assert!(before.1.iter().all(|row| stated.contains(&format!("{:?}", row.key()))), "none is missing");
    assert!(tallied.len() > before.0.len(), "what was stored ahead of the reader is there too");
}
