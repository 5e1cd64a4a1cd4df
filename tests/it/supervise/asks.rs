//! What an asker sees of all that.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aftercall::supervise::{AskError, Drill, Limit, State, TellError};
use futures_util::future::{join, join_all};
use futures_util::poll;

use super::{Block, Count, Hold, Log, Poison, SOON, Slow, alone, gate, probe, report, tree, until};

#[tokio::test]
async fn a_thousand_questions_in_flight_across_twenty_panics_are_all_answered() {
    const PANICS: u64 = 20;
    let log = Log::default();
    let spec = probe("probe", &log).restart(Limit::per(1_000, Duration::from_mins(1))).mailbox(1_000);
    let (child, running) = alone(spec).await;
    let enough = Cell::new(false);
    let answered = Cell::new(0u64);
    let askers = join_all((0..1_000u64).map(|number| {
        let (child, enough, answered) = (&child, &enough, &answered);
        async move {
            while !enough.get() {
                assert_eq!(child.ask(Slow(number), SOON).await, Ok(number));
                answered.set(answered.get() + 1);
            }
        }
    }));
    let panics = async {
        for panic in 1..=PANICS {
            let drill = if panic % 2 == 0 { Drill::Panic } else { Drill::PanicInFuture };
            let before = answered.get();
            until("the child up", || running.drill("probe", drill).is_ok()).await;
            until("the restart", || report(&running, "probe").restarts == panic).await;
            until("answers after it", || answered.get() > before + 100).await;
        }
        enough.set(true);
    };
    join(askers, panics).await;
    assert_eq!(report(&running, "probe").restarts, PANICS);
    assert!(answered.get() > 2_000, "{}", answered.get());
}

#[tokio::test]
async fn a_poison_message_costs_two_lives_and_an_error() {
    for later in [false, true] {
        let log = Log::default();
        let (child, running) = alone(probe("probe", &log)).await;
        let outcome = child.ask(Poison { later }, SOON).await;
        let Err(AskError::Crashed { child: "probe", cause }) = outcome else { panic!("{outcome:?}") };
        assert!(cause.contains("poison in the") && cause.contains("mod.rs"), "{cause}");
        assert_eq!(child.ask(Count, SOON).await, Ok((3, 1)));
        assert_eq!(report(&running, "probe").restarts, 2);
    }
}

#[tokio::test]
async fn a_neighbour_of_poison_is_answered_however_often_its_life_ends() {
    let log = Log::default();
    let spec = probe("probe", &log).restart(Limit::per(100, Duration::from_mins(1)));
    let (child, _running) = alone(spec).await;
    let poison = join_all((0..5).map(|_| child.ask(Poison { later: true }, SOON)));
    let neighbours = join_all((0..50).map(|number| child.ask(Slow(number), SOON)));
    let (poison, neighbours) = join(poison, neighbours).await;
    assert!(poison.iter().all(|outcome| matches!(outcome, Err(AskError::Crashed { .. }))), "{poison:?}");
    assert_eq!(neighbours, (0..50).map(Ok).collect::<Vec<_>>());
}

#[tokio::test]
async fn questions_let_in_once_are_not_refused_after_a_restart_however_small_the_mailbox() {
    let log = Log::default();
    let (child, running) = alone(probe("probe", &log).mailbox(4)).await;
    let released = Arc::new(AtomicBool::new(false));
    let mut held = Vec::new();
    for _ in 0..50 {
        let mut ask = Box::pin(child.ask(Hold(Arc::clone(&released)), SOON));
        assert!(poll!(&mut ask).is_pending());
        until("the question in hand", || report(&running, "probe").mailbox_depth == 0).await;
        held.push(ask);
    }
    running.drill("probe", Drill::Panic).unwrap();
    until("the restart", || report(&running, "probe").restarts == 1).await;
    released.store(true, Ordering::SeqCst);
    assert_eq!(join_all(held).await, vec![Ok(2); 50], "all are answered by the second life");
}

#[tokio::test]
async fn a_full_mailbox_is_told_at_once() {
    let log = Log::default();
    let (child, _running) = alone(probe("probe", &log).mailbox(4)).await;
    let (open, gate) = gate();
    child.try_tell(Block { gate, then_panic: false }).unwrap();
    until("the block", || log.has("probe 1 blocked")).await;
    for _ in 0..4 {
        child.try_tell(Count).unwrap();
    }
    assert_eq!(child.try_tell(Count), Err(TellError::Overloaded { child: "probe", limit: 4 }));
    let refused = Err(AskError::Overloaded { child: "probe", limit: 4 });
    assert_eq!(child.ask(Count, SOON).await, refused);
    drop(open);
    until("room", || child.try_tell(Count).is_ok()).await;
}

#[tokio::test]
async fn a_question_waits_for_the_start_and_is_refused_after_the_stop() {
    let log = Log::default();
    let mut tree = tree();
    let child = tree.add(probe("probe", &log)).unwrap();
    assert_eq!(child.try_tell(Count), Err(TellError::Away { child: "probe" }));
    let (answer, running) = join(child.ask(Count, SOON), tree.start()).await;
    assert_eq!(answer, Ok((1, 1)));
    running.unwrap().stop().await;
    assert_eq!(child.ask(Count, SOON).await, Err(AskError::Stopped { child: "probe" }));
    assert_eq!(child.try_tell(Count), Err(TellError::Stopped { child: "probe" }));
}

#[tokio::test]
async fn a_deadline_ends_the_wait() {
    let log = Log::default();
    let (child, running) = alone(probe("probe", &log)).await;
    let (open, gate) = gate();
    let deadline = Duration::from_millis(50);
    let outcome = child.ask(Block { gate, then_panic: false }, deadline).await;
    assert_eq!(outcome, Err(AskError::TimedOut { child: "probe", deadline }));
    drop(open);
    assert_eq!(child.ask(Count, SOON).await, Ok((1, 1)));
    assert_eq!(report(&running, "probe").state, State::Running);
}

#[tokio::test]
async fn the_board_shows_what_the_child_says_of_itself_and_who_is_missing() {
    let log = Log::default();
    let mut tree = tree();
    tree.add(probe("needed", &log).vip_critical(true)).unwrap();
    tree.add(probe("other", &log)).unwrap();
    let running = tree.start().await.unwrap();
    let board = running.board();
    assert!(board.ready() && !board.degraded());
    let shown = serde_json::to_value(report(&running, "needed")).unwrap();
    assert_eq!(shown["observed"], serde_json::json!({ "life": 1 }));
    assert_eq!(shown["state"], "running");
    assert!(running.drill("nobody", Drill::Panic).is_err());
    running.stop().await;
    assert!(!board.ready() && board.degraded());
    assert_eq!(board.not_running(), ["needed", "other"]);
}
