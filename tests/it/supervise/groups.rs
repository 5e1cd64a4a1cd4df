//! Crash loops: the child's limit, the group's, the root's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aftercall::supervise::{AskError, Drill, EX_SOFTWARE, Limit, RootExit, State, TreeSettings};
use futures_util::FutureExt;
use futures_util::future::join;

use super::{AtStop, Count, Log, SOON, ended, probe, probe_if, report, tree, tree_with, until};

const TWICE: Limit = Limit::per(2, Duration::from_mins(1));

#[tokio::test]
async fn a_crash_loop_goes_from_the_child_to_its_group_to_the_root_which_gives_up_with_70() {
    let log = Log::default();
    let mut tree = tree();
    tree.add(probe("bystander", &log)).unwrap();
    tree.add(probe("sibling", &log).group("calls")).unwrap();
    let loops = probe_if("loops", &log, AtStop::Finish, |life| life == 1).group("calls").restart(TWICE);
    let child = tree.add(loops.after(&["sibling"])).unwrap();
    let running = tree.start().await.unwrap();
    running.drill("loops", Drill::Panic).unwrap();
    until("the panic", || report(&running, "loops").last_exit.is_some()).await;
    let (answer, exit) = join(child.ask(Count, SOON), ended(&running)).await;
    assert_eq!(answer, Err(AskError::Stopped { child: "loops" }));
    let RootExit::GaveUp { child: "loops", group: "calls", last } = &exit else { panic!("{exit:?}") };
    assert!(last.to_string().contains("has no spark"), "{last}");
    assert_eq!((exit.code(), EX_SOFTWARE), (70, 70));
    let lines = log.lines();
    let of = |name: &str| lines.iter().filter(|line| line.starts_with(name)).cloned().collect::<Vec<_>>();
    // The drill and two restarts, then the group's rebuild with two more restarts.
    assert_eq!(of("loops").iter().filter(|line| line.ends_with("failed")).count(), 2 + 3, "{lines:?}");
    assert!(of("sibling").contains(&"sibling 2 drained".to_owned()), "rebuilt once, then stopped: {lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("sibling 3")), "{lines:?}");
    assert_eq!(of("bystander"), ["bystander 1 started", "bystander 1 drained", "bystander 1 dropped"]);
    assert_eq!(report(&running, "loops").state, State::GaveUp);
    assert_eq!(report(&running, "sibling").state, State::Stopped);
}

#[tokio::test]
async fn a_rebuilt_group_keeps_its_mailboxes_and_starts_in_order() {
    let log = Log::default();
    let mut tree = tree();
    let first = tree.add(probe("first", &log).group("calls")).unwrap();
    // Fails as often as the limit allows, and once more; the rebuild of the group succeeds.
    let spec = probe_if("second", &log, AtStop::Finish, |life| life == 1 || life > 3).group("calls");
    let second = tree.add(spec.restart(TWICE)).unwrap();
    let running = tree.start().await.unwrap();
    running.drill("second", Drill::Panic).unwrap();
    until("the panic", || report(&running, "second").last_exit.is_some()).await;
    assert_eq!(second.ask(Count, SOON).await, Ok((4, 1)));
    assert_eq!(first.ask(Count, SOON).await, Ok((2, 1)));
    let lines = log.lines();
    let place = |line: &str| lines.iter().position(|logged| logged == line).unwrap();
    assert!(place("first 1 dropped") < place("first 2 started"), "{lines:?}");
    assert!(place("first 2 started") < place("second 4 started"), "{lines:?}");
    assert_eq!(report(&running, "second").consecutive, 0, "counting starts afresh");
    assert_eq!(running.ended().now_or_never(), None);
}

#[tokio::test]
async fn threads_that_keep_dying_exhaust_the_same_limits() {
    let log = Log::default();
    let settings = TreeSettings { group_limit: Limit::per(0, SOON), ..TreeSettings::default() };
    let mut tree = tree_with(settings);
    tree.add(probe("probe", &log).restart(Limit::per(1, SOON))).unwrap();
    let running = tree.start().await.unwrap();
    running.drill("probe", Drill::KillThread).unwrap();
    until("another thread", || report(&running, "probe").restarts == 1).await;
    until("the child up", || running.drill("probe", Drill::KillThread).is_ok()).await;
    assert_eq!(ended(&running).await.code(), EX_SOFTWARE);
    let exit = report(&running, "probe").last_exit.unwrap();
    assert_eq!(exit.cause, "thread_gone");
}

#[tokio::test]
async fn a_stop_during_a_crash_loop_is_obeyed() {
    let log = Log::default();
    let broken = Arc::new(AtomicBool::new(false));
    let works = {
        let broken = Arc::clone(&broken);
        move |_| !broken.load(Ordering::SeqCst)
    };
    let mut tree = tree();
    let endless = Limit::per(u32::MAX, SOON);
    tree.add(probe_if("probe", &log, AtStop::Finish, works).restart(endless)).unwrap();
    let running = tree.start().await.unwrap();
    broken.store(true, Ordering::SeqCst);
    running.drill("probe", Drill::Fail).unwrap();
    until("a loop", || report(&running, "probe").restarts > 3).await;
    let stopped = running.stop().await;
    assert_eq!(stopped.children.len(), 1);
    assert!(!stopped.children[0].cut);
    assert_eq!(ended(&running).await.code(), 0);
}
