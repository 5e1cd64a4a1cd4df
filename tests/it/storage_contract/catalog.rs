//! The cases of services, surveys, versions and activations.

use aftercall::foundation::AuditId;
use aftercall::storage::{AuditRow, DraftSaved};

use super::*;

fn service(name: &str, dn: Option<&str>) -> Service {
    Service {
        id: ServiceId::new(start(), &SystemChance),
        name: name.into(),
        channel: ServiceChannel::Voice,
        dn: dn.map(Into::into),
    }
}

pub async fn the_fallback_services_are_there_from_the_start(engine: &Engine) {
    let services = engine.storage.services().await.unwrap();
    let seen: Vec<_> = services.iter().map(|s| (s.name.as_str(), s.channel, s.dn.clone())).collect();
    assert_eq!(seen, [("All", ServiceChannel::Voice, None), ("All-Web", ServiceChannel::Chat, None)]);
    let catalog = engine.storage.catalog().await.unwrap();
    assert!(catalog.iter().all(|row| row.active.is_none() && !row.paused) && catalog.len() == 2);
}

pub async fn a_service_name_or_number_that_is_taken_is_a_duplicate(engine: &Engine) {
    let storage = &*engine.storage;
    storage.add_service(service("Élan Support", Some("8001")), None).await.unwrap();
    let stamp = storage.catalog_stamp().await.unwrap();
    for taken in [service("élan SUPPORT", None), service("Sales", Some("8001")), service("ALL", None)] {
        assert_eq!(refusal(storage.add_service(taken, None)).await, StorageErrorKind::Duplicate);
    }
    assert_eq!(storage.catalog_stamp().await.unwrap(), stamp);
    storage.add_service(service("دعم", None), None).await.unwrap();
    storage.add_service(service("Sales", None), None).await.unwrap();
    let names: Vec<_> = storage.services().await.unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(names, ["All", "All-Web", "Sales", "Élan Support", "دعم"]);
}

pub async fn a_draft_is_created_once_and_then_replaced(engine: &Engine) {
    let storage = &*engine.storage;
    assert_eq!(storage.draft("csat".into()).await.unwrap(), None);
    let first = draft(SurveyId::new(start(), &SystemChance), "csat");
    storage.save_draft(first.clone(), DraftBase::Any, None).await.unwrap();
    let second = DraftRow {
        survey: SurveyId::new(minute(1), &SystemChance),
        name: "استبيان 🙂".into(),
        document: format!("{{\"x\":\"{}\"}}", "ü".repeat(100_000)),
        saved_at: minute(1),
        ..first.clone()
    };
    storage.save_draft(second.clone(), DraftBase::Any, None).await.unwrap();
    let kept = DraftRow { survey: first.survey, revision: 2, ..second };
    assert_eq!(storage.draft("csat".into()).await.unwrap(), Some(kept), "the survey keeps its id");
    assert_eq!(storage.draft("CSAT".into()).await.unwrap(), None, "keys are exact");
}

pub async fn of_two_who_save_a_draft_on_the_same_base_one_is_told(engine: &Engine) {
    let storage = &*engine.storage;
    let row = |by: &str, at| DraftRow {
        saved_by: by.into(),
        saved_at: minute(at),
        document: format!("{{\"by\":\"{by}\"}}"),
        ..draft(SurveyId::new(start(), &SystemChance), "csat")
    };
    let save = async |row, base| storage.save_draft(row, base, None).await.unwrap();
    assert_eq!(save(row("amira", 0), DraftBase::Revision(1)).await, DraftSaved::Changed, "there is none");
    assert_eq!(save(row("amira", 0), DraftBase::New).await, DraftSaved::Saved(1));
    assert_eq!(save(row("zoe", 1), DraftBase::New).await, DraftSaved::Changed, "it is not new");
    assert_eq!(save(row("zoe", 2), DraftBase::Revision(1)).await, DraftSaved::Saved(2));
    let stamp = storage.catalog_stamp().await.unwrap();
    assert_eq!(save(row("amira", 3), DraftBase::Revision(1)).await, DraftSaved::Changed);
    assert_eq!(storage.catalog_stamp().await.unwrap(), stamp, "nothing changed");
    let kept = storage.draft("csat".into()).await.unwrap().unwrap();
    assert_eq!((kept.saved_by.as_str(), kept.revision), ("zoe", 2));
    let listed = &storage.surveys().await.unwrap()[0];
    assert_eq!((listed.draft_revision, listed.draft_saved_by.as_str(), listed.has_changes), (2, "zoe", true));
    let version = VersionId::new(start(), &SystemChance);
    storage.publish(published(version, kept.survey, &kept.document), None).await.unwrap();
    assert!(!storage.surveys().await.unwrap()[0].has_changes, "the draft is what was published");
}

pub async fn a_change_of_the_catalog_is_made_with_its_line_of_the_log_or_not_at_all(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let mut at = 0;
    let mut line = |subject: &str| {
        at += 1;
        Some(AuditRow {
            id: AuditId::new(minute(at), &SystemChance),
            at: minute(at),
            account: None,
            who: "amira".into(),
            action: "tested".into(),
            subject: subject.into(),
            before: None,
            after: None,
            address: String::new(),
        })
    };
    let version = || published(VersionId::new(start(), &SystemChance), ground.survey, "{}");
    storage.add_service(service("Sales", Some("1")), line("service")).await.unwrap();
    let taken = storage.add_service(service("Sales", Some("2")), line("taken"));
    assert_eq!(refusal(taken).await, StorageErrorKind::Duplicate);
    storage.save_draft(draft(ground.survey, "csat"), DraftBase::Any, line("draft")).await.unwrap();
    storage.save_draft(draft(ground.survey, "csat"), DraftBase::Revision(9), line("old")).await.unwrap();
    storage.publish(version(), line("version")).await.unwrap();
    assert!(!storage.set_paused(ground.service, true, start(), line("nothing")).await.unwrap());
    storage.activate(ground.service, ground.survey, start(), line("active")).await.unwrap();
    assert!(storage.set_paused(ground.service, true, start(), line("paused")).await.unwrap());
    let told = storage.audit(None, 100).await.unwrap();
    let told: Vec<&str> = told.iter().rev().map(|row| row.subject.as_str()).collect();
    assert_eq!(told, ["service", "draft", "version", "active", "paused"]);
}

pub async fn versions_are_listed_the_newest_first(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let second = published(VersionId::new(minute(1), &SystemChance), ground.survey, "{\"second\":true}");
    storage.publish(second.clone(), None).await.unwrap();
    let listed = storage.versions("csat".into()).await.unwrap();
    let numbers: Vec<u32> = listed.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!((listed[0].id, listed[0].document.as_str()), (second.id, second.document.as_str()));
    assert_eq!(storage.versions("other".into()).await.unwrap(), []);
}

pub async fn versions_are_numbered_from_one_without_gaps_even_at_once(engine: &Engine) {
    let survey = SurveyId::new(start(), &SystemChance);
    engine.storage.save_draft(draft(survey, "csat"), DraftBase::Any, None).await.unwrap();
    let other = Ground::with_survey(&*engine.storage, "nps").await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let storage = Arc::clone(&engine.storage);
            let version = published(VersionId::new(start(), &SystemChance), survey, "{}");
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move { (version.id, storage.publish(version, None).await.unwrap()) })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        let (id, number) = task.await.unwrap();
        assert_eq!(engine.storage.version(id).await.unwrap().unwrap().number, number);
        numbers.push(number);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    let other = engine.storage.version(other.version).await.unwrap().unwrap();
    assert_eq!(other.number, 1, "each survey counts for itself");
    assert_eq!(engine.storage.version(VersionId::new(start(), &SystemChance)).await.unwrap(), None);
}

pub async fn the_catalog_has_the_newest_version_of_the_active_survey(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    storage.activate(ground.service, ground.survey, start(), None).await.unwrap();
    let newest = published(VersionId::new(minute(1), &SystemChance), ground.survey, "{\"v\":\"٢\"}");
    let number = storage.publish(newest.clone(), None).await.unwrap();
    let catalog = storage.catalog().await.unwrap();
    let row = catalog.iter().find(|row| row.service.id == ground.service).unwrap();
    assert_eq!(row.active, Some(VersionRow { number, ..newest }));
    assert!(!row.paused);

    let unpublished = draft(SurveyId::new(start(), &SystemChance), "later");
    storage.save_draft(unpublished.clone(), DraftBase::Any, None).await.unwrap();
    storage.activate(ground.service, unpublished.survey, start(), None).await.unwrap();
    let catalog = storage.catalog().await.unwrap();
    assert!(catalog.iter().all(|row| row.active.is_none()), "nothing to ask before it is published");
}

pub async fn activating_replaces_what_was_active_and_resumes(engine: &Engine) {
    let storage = &*engine.storage;
    let (one, two) = (Ground::with_survey(storage, "one").await, Ground::with_survey(storage, "two").await);
    let active = async || {
        let catalog = storage.catalog().await.unwrap();
        let row = catalog.into_iter().find(|row| row.service.id == one.service).unwrap();
        (row.active.unwrap().survey, row.paused)
    };
    storage.activate(one.service, one.survey, start(), None).await.unwrap();
    assert_eq!(active().await, (one.survey, false));
    assert!(storage.set_paused(one.service, true, minute(1), None).await.unwrap());
    assert_eq!(active().await, (one.survey, true));
    assert!(storage.set_paused(one.service, false, minute(2), None).await.unwrap());
    assert_eq!(active().await, (one.survey, false));
    storage.set_paused(one.service, true, minute(3), None).await.unwrap();
    storage.activate(one.service, two.survey, minute(4), None).await.unwrap();
    assert_eq!(active().await, (two.survey, false));
}

pub async fn pausing_what_is_not_active_is_false(engine: &Engine) {
    let storage = &*engine.storage;
    let service = storage.services().await.unwrap()[0].id;
    assert!(!storage.set_paused(service, true, start(), None).await.unwrap());
    assert!(!storage.set_paused(ServiceId::new(start(), &SystemChance), true, start(), None).await.unwrap());
}

pub async fn surveys_are_listed_with_where_they_are_active(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "b").await;
    storage
        .save_draft(draft(SurveyId::new(start(), &SystemChance), "a"), DraftBase::Any, None)
        .await
        .unwrap();
    storage
        .publish(published(VersionId::new(start(), &SystemChance), ground.survey, "{}"), None)
        .await
        .unwrap();
    for service in storage.services().await.unwrap() {
        storage.activate(service.id, ground.survey, start(), None).await.unwrap();
    }
    storage.set_paused(ground.service, true, start(), None).await.unwrap();
    let surveys = storage.surveys().await.unwrap();
    let keys: Vec<_> = surveys.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!((surveys[0].newest, surveys[0].active_on.len()), (None, 0));
    assert_eq!(surveys[1].newest.map(|newest| (newest.number, newest.published_at)), Some((2, start())));
    assert_eq!(surveys[1].active_on, [("All".to_owned(), true), ("All-Web".to_owned(), false)]);
}

pub async fn the_stamp_rises_with_each_change_and_only_then(engine: &Engine) {
    let storage = &*engine.storage;
    let mut last = storage.catalog_stamp().await.unwrap();
    let mut rose = async |what: &str, expected: bool| {
        let now = storage.catalog_stamp().await.unwrap();
        assert_eq!(now > last, expected, "{what}");
        last = now;
    };
    let ground = Ground::with_survey(storage, "csat").await;
    rose("a draft and a version", true).await;
    storage.add_service(service("Sales", None), None).await.unwrap();
    rose("a service", true).await;
    storage.activate(ground.service, ground.survey, start(), None).await.unwrap();
    rose("an activation", true).await;
    storage.set_paused(ground.service, true, start(), None).await.unwrap();
    rose("a pause", true).await;
    storage.save_draft(draft(ground.survey, "csat"), DraftBase::Any, None).await.unwrap();
    rose("a draft saved again", true).await;
    storage
        .publish(published(VersionId::new(start(), &SystemChance), ground.survey, "{}"), None)
        .await
        .unwrap();
    rose("a version", true).await;
    let key = keys::key("ivr", 1);
    storage.add_key(key.clone(), None).await.unwrap();
    rose("a key", true).await;
    storage.touch_keys(vec![(key.id, start())]).await.unwrap();
    rose("the use of a key", false).await;
    ground.answered(storage, ground.offer(start()), &[AnswerValue::Number(1)]).await;
    storage.probe().await.unwrap();
    rose("an answer", false).await;
    storage.revoke_key("nobody".into(), start(), None).await.unwrap();
    rose("a key that is not there", false).await;
    storage.revoke_key("ivr".into(), start(), None).await.unwrap();
    rose("a key revoked", true).await;
}

pub async fn a_version_of_an_unknown_survey_is_refused(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let (unknown, stamp) = (SurveyId::new(start(), &SystemChance), storage.catalog_stamp().await.unwrap());
    let stray = published(VersionId::new(start(), &SystemChance), unknown, "{}");
    assert_eq!(refusal(storage.publish(stray, None)).await, StorageErrorKind::Internal);
    let activated = storage.activate(ground.service, unknown, start(), None);
    assert_eq!(refusal(activated).await, StorageErrorKind::Internal);
    let again = published(ground.version, ground.survey, "{\"other\":1}");
    assert_eq!(refusal(storage.publish(again, None)).await, StorageErrorKind::Duplicate);
    assert_eq!(
        storage.version(ground.version).await.unwrap().unwrap().document,
        "{}",
        "versions never change"
    );
    assert_eq!(storage.catalog_stamp().await.unwrap(), stamp, "all of it or nothing");
}
