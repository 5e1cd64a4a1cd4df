//! Starts that fail and stops that hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use aftercall::supervise::{Exit, StartError, State, TreeError, TreeSettings};
use futures_util::future::join;

use super::{
    AtStop, Log, Record, SOON, Slow, alone, ended, probe, probe_at_stop, probe_if, report, tree, tree_with,
    until,
};

#[tokio::test]
async fn children_stop_in_reverse_order_after_serving_what_was_queued() {
    let log = Log::default();
    let mut tree = tree();
    tree.add(probe("a", &log)).unwrap();
    tree.add(probe("b", &log).after(&["a"])).unwrap();
    let last = tree.add(probe("c", &log).after(&["a", "b"])).unwrap();
    let running = tree.start().await.unwrap();
    for number in 0..100 {
        last.try_tell(Record(number)).unwrap();
    }
    // In hand while the stop is asked for: the stop waits for it.
    let (answer, report) = join(last.ask(Slow(4), SOON), running.stop()).await;
    assert_eq!(answer, Ok(4));
    let names: Vec<_> = report.children.iter().map(|child| (child.name, child.cut)).collect();
    assert_eq!(names, [("c", false), ("b", false), ("a", false)]);
    let lines = log.lines();
    let place = |line: &str| lines.iter().position(|logged| logged == line).unwrap();
    assert!(place("c 1 served 99") < place("c 1 drained"));
    let ends: Vec<_> = lines.iter().filter(|line| line.ends_with("dropped")).cloned().collect();
    assert_eq!(ends, ["c 1 dropped", "b 1 dropped", "a 1 dropped"]);
    assert!(place("c 1 dropped") < place("b 1 drained"), "{lines:?}");
    assert_eq!(ended(&running).await.code(), 0);
}

#[tokio::test]
async fn a_child_that_does_not_finish_its_stop_is_cut_at_its_limit() {
    for at_stop in [AtStop::NeverFinish, AtStop::Block] {
        let log = Log::default();
        let mut tree = tree();
        tree.add(probe("polite", &log)).unwrap();
        tree.add(probe_at_stop("stuck", &log, at_stop).stop_within(Duration::from_millis(50))).unwrap();
        let running = tree.start().await.unwrap();
        let stopped = running.stop().await;
        let cut: Vec<_> = stopped.children.iter().map(|child| (child.name, child.cut)).collect();
        assert_eq!(cut, [("stuck", true), ("polite", false)]);
        let took = stopped.children[0].took_ms;
        assert!((50..900).contains(&took), "{took} ms");
        let left_behind = report(&running, "stuck").abandoned_threads;
        assert_eq!(left_behind, u32::from(at_stop == AtStop::Block), "only a blocked thread is left behind");
        until("the end of what was cut", || log.has("stuck 1 dropped")).await;
    }
}

#[tokio::test]
async fn a_stop_that_hangs_as_a_whole_ends_the_process() {
    let log = Log::default();
    let code = Arc::new(AtomicI32::new(0));
    let end_process = {
        let code = Arc::clone(&code);
        Arc::new(move |ended| code.store(ended, Ordering::SeqCst))
    };
    let stop_within = Duration::from_millis(30);
    let mut tree = tree_with(TreeSettings { stop_within, end_process, ..TreeSettings::default() });
    let stuck = probe_at_stop("stuck", &log, AtStop::NeverFinish);
    tree.add(stuck.stop_within(Duration::from_millis(400))).unwrap();
    let running = tree.start().await.unwrap();
    join(running.stop(), until("the process's end", || code.load(Ordering::SeqCst) == 70)).await;
}

#[tokio::test]
async fn a_stop_within_the_limit_leaves_the_process_alone() {
    let log = Log::default();
    let code = Arc::new(AtomicI32::new(0));
    let end_process = {
        let code = Arc::clone(&code);
        Arc::new(move |ended| code.store(ended, Ordering::SeqCst))
    };
    let stop_within = Duration::from_millis(300);
    let mut tree = tree_with(TreeSettings { stop_within, end_process, ..TreeSettings::default() });
    tree.add(probe("quick", &log)).unwrap();
    tree.start().await.unwrap().stop().await;
    let waited = tokio::time::Instant::now();
    until("the limit's passing", || waited.elapsed() > 2 * stop_within).await;
    assert_eq!(code.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_first_start_that_fails_stops_what_was_started_and_says_why() {
    let log = Log::default();
    let mut tree = tree();
    tree.add(probe("a", &log)).unwrap();
    tree.add(probe_if("b", &log, AtStop::Finish, |_| false)).unwrap();
    tree.add(probe("c", &log)).unwrap();
    let Err(error) = tree.start().await else { panic!("started") };
    assert_eq!(error.to_string(), "b did not start: it failed: life 1 has no spark");
    let StartError::Child { child: "b", exit: Exit::Failed(_), stopped } = error else { panic!("{error}") };
    assert!(stopped.children.iter().any(|child| child.name == "a" && !child.cut), "{stopped:?}");
    let lines = log.lines();
    assert_eq!(lines, ["a 1 started", "b 1 failed", "a 1 drained", "a 1 dropped"]);
}

#[tokio::test]
async fn a_start_that_never_comes_to_an_end_is_refused() {
    let log = Log::default();
    let settings = TreeSettings { start_within: Duration::from_millis(50), ..TreeSettings::default() };
    let mut tree = tree_with(settings);
    let (_held, gate) = super::gate();
    let spec = probe_if("slow", &log, AtStop::Finish, move |_| {
        let _ = gate.lock().unwrap().recv_timeout(Duration::from_secs(2));
        true
    });
    tree.add(spec.stop_within(Duration::from_millis(50))).unwrap();
    let Err(StartError::TooSlow { child: "slow", .. }) = tree.start().await else { panic!("started") };
}

#[tokio::test]
async fn a_dropped_tree_stops_in_the_background() {
    let log = Log::default();
    let (_child, running) = alone(probe("probe", &log)).await;
    let board = running.board();
    assert_eq!(report(&running, "probe").state, State::Running);
    drop(running);
    until("the stop", || log.has("probe 1 dropped") && board.report()[0].state == State::Stopped).await;
}

#[test]
fn a_table_out_of_order_is_refused() {
    let log = Log::default();
    let mut tree = tree();
    tree.add(probe("a", &log)).unwrap();
    assert_eq!(tree.add(probe("a", &log)).unwrap_err(), TreeError::TwiceNamed("a"));
    let early = probe("b", &log).after(&["a", "c"]);
    assert_eq!(tree.add(early).unwrap_err(), TreeError::NotAbove { child: "b", needs: "c" });
}
