//! The cases of leases, and of what is written under one.

use super::*;
use crate::support::until_then;

const JANITOR: LeaseRole = LeaseRole::Janitor;
const HOUR: Duration = Duration::from_hours(1);
/// Over before anybody can look.
const MOMENT: Duration = Duration::from_millis(3);

async fn look(storage: &dyn Storage) -> LeaseRow {
    storage.lease(JANITOR).await.unwrap()
}

/// Takes the lease as it stands, without being its heir.
async fn take(storage: &dyn Storage, holder: &LeaseHolder, ttl: Duration) -> Option<i64> {
    let found = look(storage).await.view.mark;
    storage.acquire_lease(JANITOR, holder.clone(), found, ttl, false).await.unwrap()
}

async fn renew(storage: &dyn Storage, holder: &LeaseHolder, epoch: i64) -> bool {
    storage.renew_lease(fence(epoch), holder.clone(), HOUR).await.unwrap()
}

fn fence(epoch: i64) -> Fence {
    Fence { role: JANITOR, epoch }
}

/// The same node in its next life.
fn next_life(of: &LeaseHolder) -> LeaseHolder {
    LeaseHolder { life: LifeId::new(start(), &SystemChance), ..of.clone() }
}

async fn over(storage: &dyn Storage) {
    until_then("the lease is over", async || look(storage).await.view.expired).await;
}

pub async fn a_free_lease_is_taken_by_exactly_one_of_many_who_try_at_once(engine: &Engine) {
    const TURNS: i64 = 5;
    let nodes = [Arc::clone(&engine.storage), engine.another(), engine.another()];
    for turn in 1..=TURNS {
        let found = look(&*engine.storage).await.view.mark;
        let tries = (0..9).map(|try_no| {
            let (storage, holder) = (Arc::clone(&nodes[try_no % 3]), life_of_a_node(&format!("{try_no}")));
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move {
                let taken = storage.acquire_lease(JANITOR, holder.clone(), found, HOUR, false).await.unwrap();
                taken.map(|epoch| (epoch, holder))
            })
        });
        let mut winners = Vec::new();
        for one in tries.collect::<Vec<_>>() {
            winners.extend(one.await.unwrap());
        }
        let stands = look(&*nodes[1]).await.view;
        let holder = stands.holder.unwrap();
        assert_eq!(winners, [(turn, holder)], "who was told it has it, in turn {turn}");
        assert_eq!(stands.mark.epoch, turn);
        assert!(nodes[2].release_lease(fence(turn)).await.unwrap());
    }
}

pub async fn each_change_of_holder_raises_the_epoch_and_a_renewal_the_sequence_number(engine: &Engine) {
    let storage = &*engine.storage;
    let holders = [life_of_a_node("a"), life_of_a_node("b"), life_of_a_node("a")];
    for (holder, epoch) in holders.iter().zip(1..) {
        assert_eq!(take(storage, holder, HOUR).await, Some(epoch));
        let taken = look(storage).await.view;
        assert_eq!((taken.holder.as_ref(), taken.mark.epoch), (Some(holder), epoch));
        assert!(renew(storage, holder, epoch).await);
        let renewed = look(storage).await.view;
        assert_eq!((renewed.holder.as_ref(), renewed.mark.epoch), (Some(holder), epoch));
        assert!(renewed.mark.seq > taken.mark.seq, "others would not see that it is alive");
        assert!(storage.release_lease(fence(epoch)).await.unwrap());
        let released = look(storage).await.view.mark;
        assert_eq!(released.epoch, epoch);
        assert!(released.seq > renewed.mark.seq);
    }
}

pub async fn a_held_lease_is_taken_by_nobody(engine: &Engine) {
    let storage = &*engine.storage;
    let holder = life_of_a_node("a");
    assert_eq!(take(storage, &holder, HOUR).await, Some(1));
    let before = look(storage).await;
    for other in [life_of_a_node("b"), next_life(&holder), holder.clone()] {
        assert_eq!(take(storage, &other, HOUR).await, None, "{other:?}");
    }
    let strangers = [life_of_a_node("a"), next_life(&holder)];
    for stranger in strangers {
        assert!(!renew(storage, &stranger, 1).await, "{stranger:?}");
    }
    for epoch in [0, 2] {
        assert!(!renew(storage, &holder, epoch).await);
        assert!(!storage.release_lease(fence(epoch)).await.unwrap());
    }
    let after = look(storage).await;
    assert_eq!((after.view, after.renewed_at), (before.view, before.renewed_at), "nothing changed");
}

pub async fn an_expired_lease_is_taken_and_its_former_holder_is_refused(engine: &Engine) {
    let storage = &*engine.storage;
    let (former, next) = (life_of_a_node("a"), life_of_a_node("b"));
    assert_eq!(take(storage, &former, MOMENT).await, Some(1));
    over(storage).await;
    let stands = look(storage).await;
    assert_eq!((stands.view.holder, stands.left), (Some(former.clone()), Duration::ZERO));
    assert!(!renew(storage, &former, 1).await, "nobody took it, but its time is over");
    assert_eq!(take(storage, &next, HOUR).await, Some(2));
    assert!(!renew(storage, &former, 1).await);
    assert!(!renew(storage, &former, 2).await, "the epoch is another's");
    assert!(!storage.release_lease(fence(1)).await.unwrap());
    let stands = look(storage).await.view;
    assert_eq!((stands.holder, stands.expired), (Some(next), false));
}

pub async fn a_lease_that_changed_since_it_was_looked_at_is_not_taken(engine: &Engine) {
    let storage = &*engine.storage;
    let (one, other) = (life_of_a_node("a"), life_of_a_node("b"));
    let take_as =
        async |found| storage.acquire_lease(JANITOR, other.clone(), found, HOUR, true).await.unwrap();
    let free = look(storage).await.view.mark;
    assert_eq!(take(storage, &one, HOUR).await, Some(1));
    let held = look(storage).await.view.mark;
    assert!(storage.renew_lease(fence(1), one.clone(), MOMENT).await.unwrap());
    over(storage).await;
    assert_eq!(take_as(free).await, None, "another had it meanwhile");
    assert_eq!(take_as(held).await, None, "it was renewed meanwhile");
    let now = look(storage).await.view.mark;
    for (epoch, seq) in [(now.epoch - 1, now.seq), (now.epoch + 1, now.seq), (now.epoch, now.seq + 1)] {
        assert_eq!(take_as(LeaseMark { epoch, seq }).await, None);
    }
    assert_eq!(take_as(now).await, Some(2));
}

pub async fn an_heir_takes_the_lease_of_its_own_node_at_once_and_no_others(engine: &Engine) {
    let storage = &*engine.storage;
    let former = life_of_a_node("a");
    assert_eq!(take(storage, &former, HOUR).await, Some(1));
    let found = look(storage).await.view.mark;
    let inherit = async |heir: &LeaseHolder| {
        storage.acquire_lease(JANITOR, heir.clone(), found, HOUR, true).await.unwrap()
    };
    assert_eq!(inherit(&life_of_a_node("a")).await, None, "a name is no proof");
    let heir = LeaseHolder { name: "renamed".into(), ..next_life(&former) };
    assert_eq!(inherit(&heir).await, Some(2));
    assert!(!renew(storage, &former, 1).await && !renew(storage, &former, 2).await);
    assert_eq!(look(storage).await.view.holder, Some(heir));
}

pub async fn a_lease_that_is_given_back_is_free_at_once(engine: &Engine) {
    let storage = &*engine.storage;
    let (holder, next) = (life_of_a_node("a"), life_of_a_node("b"));
    assert!(!storage.release_lease(fence(0)).await.unwrap(), "nobody has it");
    assert_eq!(take(storage, &holder, HOUR).await, Some(1));
    assert!(storage.release_lease(fence(1)).await.unwrap());
    let free = look(storage).await;
    assert_eq!((free.view.holder, free.acquired_at, free.renewed_at), (None, None, None));
    assert_eq!((free.view.expired, free.left), (true, Duration::ZERO));
    assert!(!storage.release_lease(fence(1)).await.unwrap(), "not twice");
    assert!(!renew(storage, &holder, 1).await, "given back is given back");
    assert_eq!(take(storage, &next, HOUR).await, Some(2));
}

pub async fn leases_tell_their_holder_their_times_and_what_is_left(engine: &Engine) {
    let storage = &*engine.storage;
    let free = look(storage).await;
    assert_eq!(free.view.mark, LeaseMark { epoch: 0, seq: 0 });
    assert_eq!((free.view.holder, free.view.expired, free.left), (None, true, Duration::ZERO));
    assert_eq!((free.acquired_at, free.renewed_at), (None, None));

    let holder = LeaseHolder { name: "nœud-1 🙂".into(), ..life_of_a_node("") };
    let began = SystemClock::new().now();
    assert_eq!(take(storage, &holder, HOUR).await, Some(1));
    let taken = look(storage).await;
    assert_eq!(taken.view.holder, Some(holder.clone()));
    assert!(!taken.view.expired && taken.left <= HOUR && taken.left > HOUR / 2, "{taken:?}");
    // The server's clock, which is this machine's or nearly so.
    let at = taken.acquired_at.unwrap();
    assert!((at - began).abs() < TimeDelta::minutes(5), "{at} is not now");
    assert_eq!(taken.renewed_at, Some(at));

    until_then("a millisecond is over", async || {
        assert!(storage.renew_lease(fence(1), holder.clone(), 2 * HOUR).await.unwrap());
        look(storage).await.renewed_at > Some(at)
    })
    .await;
    let renewed = look(storage).await;
    assert_eq!(renewed.acquired_at, Some(at));
    assert!(renewed.left > HOUR, "{renewed:?}");
    let rows = storage.leases().await.unwrap();
    assert_eq!(rows.len(), LeaseRole::ALL.len(), "one for each role");
    let row = rows.iter().find(|row| row.role == JANITOR).unwrap();
    assert_eq!(row.view, renewed.view);
    assert_eq!((row.acquired_at, row.renewed_at), (renewed.acquired_at, renewed.renewed_at));
}

pub async fn a_lease_for_any_time_is_held(engine: &Engine) {
    let storage = &*engine.storage;
    let holder = life_of_a_node("a");
    let years = |years: u32| years * Duration::from_hours(24 * 365);
    for (ttl, epoch) in [years(100), Duration::MAX].into_iter().zip(1..) {
        assert_eq!(take(storage, &holder, ttl).await, Some(epoch), "{ttl:?}");
        assert!(storage.renew_lease(fence(epoch), holder.clone(), ttl).await.unwrap(), "{ttl:?}");
        let left = look(storage).await.left;
        assert!(left > years(99) && left <= ttl, "{left:?}");
        assert!(storage.release_lease(fence(epoch)).await.unwrap());
    }
    assert_eq!(take(storage, &holder, Duration::ZERO).await, Some(3));
    assert!(look(storage).await.view.expired, "none at all is over at once");
}

pub async fn a_lease_whose_row_is_gone_is_an_error_and_a_newer_programs_is_passed_over(engine: &Engine) {
    let storage = &*engine.storage;
    engine.execute("INSERT INTO lease (role, epoch, seq, expires_at) VALUES ('anchorman', 7, 7, 7)").await;
    let known = storage.leases().await.unwrap();
    assert_eq!(known.iter().map(|row| row.role).collect::<Vec<_>>(), LeaseRole::ALL);
    let found = look(storage).await.view.mark;
    engine.execute("DELETE FROM lease WHERE role = 'janitor'").await;
    let error = storage.lease(JANITOR).await.unwrap_err();
    assert_eq!(error.kind, StorageErrorKind::Corrupt);
    assert!(error.to_string().contains("no row `janitor`"), "{error}");
    let taken = storage.acquire_lease(JANITOR, life_of_a_node("a"), found, HOUR, true).await.unwrap();
    assert_eq!(taken, None);
    let left = storage.leases().await.unwrap();
    assert!(left.len() + 1 == LeaseRole::ALL.len() && left.iter().all(|row| row.role != JANITOR), "{left:?}");
}

/// What each of the writes under a lease finds to do, and how much it does, under a fence.
async fn write_all(storage: &dyn Storage, fence: Fence, survey: SurveyId) -> [u64; 5] {
    [
        storage.close_idle(fence, minute(10), minute(10), 9).await.unwrap(),
        storage.delete_replaced_prompts(fence, minute(10), 9).await.unwrap(),
        storage.delete_recordings(fence, survey, minute(10), 9).await.unwrap(),
        storage.delete_responses(fence, survey, minute(10), 9).await.unwrap(),
        storage.delete_fruitless_offers(fence, minute(10), 9).await.unwrap(),
    ]
}

pub async fn a_write_under_another_epoch_touches_nothing(engine: &Engine) {
    let storage = &*engine.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let stale = lead(storage).await;
    assert!(storage.release_lease(stale).await.unwrap());
    let current = lead(storage).await;
    assert_eq!(current.epoch, stale.epoch + 1);

    let idle = ground.offer(minute(1));
    storage.insert_offer(idle.clone()).await.unwrap();
    let fruitless = OfferRow { response: None, result: "sampled_out".into(), ..ground.offer(minute(2)) };
    storage.insert_offer(fruitless.clone()).await.unwrap();
    let audio = PromptAudio { ulaw: vec![1], alaw: vec![2], pcm: vec![3] };
    let prompt = prompts::prompt("support.csat", "en", 1);
    storage.put_prompt(prompt.clone(), audio, None).await.unwrap();
    storage.remove_prompt(prompt.name.clone(), "en".into(), minute(1), None).await.unwrap();
    let said = recordings::recording(0, 1);
    recordings::give(storage, idle.id, 0, &said).await;

    let everything = async || {
        let response = storage.response(idle.id).await.unwrap();
        let offers = storage.offers(None, None, 9).await.unwrap();
        let played = storage.prompt_audio(prompt.id, PromptForm::Ulaw).await.unwrap();
        let heard = storage.recording(said.id).await.unwrap().map(|stored| stored.audio);
        (response, offers, played, heard)
    };
    let before = everything().await;
    for epoch in [stale.epoch, current.epoch + 1, -1] {
        let fence = Fence { epoch, ..current };
        assert_eq!(write_all(storage, fence, ground.survey).await, [0; 5], "under epoch {epoch}");
        assert_eq!(everything().await, before, "under epoch {epoch}");
    }
    assert_eq!(write_all(storage, current, ground.survey).await, [1; 5]);
    assert_eq!(everything().await, (None, Vec::new(), None, None));
}
