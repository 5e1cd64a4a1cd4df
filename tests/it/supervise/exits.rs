//! Every way for a life to end, and what remains.

use std::time::Duration;

use aftercall::supervise::{Drill, State};

use super::{Block, Count, Log, Record, SOON, alone, gate, probe, report, until};

/// Drills the child and checks that the next life answers, fresh, with `cause` on the board.
async fn check_mended(drill: Drill, cause: &str, text: &str) {
    let log = Log::default();
    let spec = probe("probe", &log).heartbeat(Some(Duration::from_millis(200)));
    let (child, running) = alone(spec).await;
    assert_eq!(child.ask(Count, SOON).await, Ok((1, 1)));
    assert_eq!(child.ask(Count, SOON).await, Ok((1, 2)));
    running.drill("probe", drill).unwrap();
    until("the exit", || report(&running, "probe").last_exit.is_some()).await;
    assert_eq!(child.ask(Count, SOON).await, Ok((2, 1)), "state is fresh after {cause}");
    let after = report(&running, "probe");
    let exit = after.last_exit.unwrap();
    assert_eq!(exit.cause, cause);
    assert!(exit.text.contains(text), "{}", exit.text);
    assert_eq!((after.restarts, after.consecutive, after.state), (1, 1, State::Running));
    until("the first life's end", || log.has("probe 1 dropped")).await;
    assert_eq!(running.stop().await.children.len(), 1);
}

#[tokio::test]
async fn a_panic_in_a_handler_is_followed_by_a_fresh_life() {
    check_mended(Drill::Panic, "panicked", "drill.rs").await;
}

#[tokio::test]
async fn a_panic_in_a_spawned_future_is_followed_by_a_fresh_life() {
    check_mended(Drill::PanicInFuture, "panicked", "panic in a future").await;
}

#[tokio::test]
async fn a_returned_error_is_followed_by_a_fresh_life() {
    check_mended(Drill::Fail, "failed", "returned error").await;
}

#[tokio::test]
async fn a_dead_thread_is_replaced() {
    check_mended(Drill::KillThread, "thread_gone", "thread ended").await;
}

#[tokio::test]
async fn a_hung_thread_is_replaced_before_it_wakes() {
    check_mended(Drill::Hang(Duration::from_secs(2)), "hung", "no sign of life").await;
}

#[tokio::test]
async fn a_hung_life_never_acts_again_when_it_wakes() {
    let log = Log::default();
    let (child, running) = alone(probe("probe", &log).heartbeat(Some(Duration::from_millis(100)))).await;
    let (open, gate) = gate();
    child.try_tell(Block { gate, then_panic: false }).unwrap();
    until("the hang", || log.has("probe 1 blocked")).await;
    child.try_tell(Record(1)).unwrap();
    // In the hung thread's mailbox when asked, answered by the next thread.
    assert_eq!(child.ask(Count, SOON).await, Ok((2, 1)));
    assert_eq!(report(&running, "probe").abandoned_threads, 1);
    drop(open);
    until("the old life's end", || log.has("probe 1 dropped")).await;
    assert!(!log.has("probe 1 served 1"), "{:?}", log.lines());
    assert_eq!(child.ask(Count, SOON).await, Ok((2, 2)), "the new life is untouched");
}

#[tokio::test]
async fn a_child_that_is_only_busy_within_its_heartbeat_is_left_alone() {
    let log = Log::default();
    let (child, running) = alone(probe("probe", &log).heartbeat(Some(Duration::from_secs(10)))).await;
    running.drill("probe", Drill::Hang(Duration::from_millis(300))).unwrap();
    assert_eq!(child.ask(Count, SOON).await, Ok((1, 1)));
    assert_eq!(report(&running, "probe").restarts, 0);
}

#[tokio::test]
async fn messages_queued_behind_a_panic_are_served_by_the_next_life_in_order() {
    let log = Log::default();
    let (child, running) = alone(probe("probe", &log)).await;
    let (open, gate) = gate();
    child.try_tell(Block { gate, then_panic: true }).unwrap();
    for number in 0..5 {
        child.try_tell(Record(number)).unwrap();
    }
    until("the block", || log.has("probe 1 blocked")).await;
    assert_eq!(report(&running, "probe").mailbox_depth, 5);
    drop(open);
    until("the last message", || log.has("probe 2 served 4")).await;
    let served: Vec<_> = log.lines().into_iter().filter(|line| line.contains("served")).collect();
    assert_eq!(served, (0..5).map(|number| format!("probe 2 served {number}")).collect::<Vec<_>>());
    assert_eq!(report(&running, "probe").mailbox_depth, 0);
}
