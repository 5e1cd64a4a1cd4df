//! The power goes, as far as a process can tell: what was acknowledged before `kill -9` is there afterwards.

use super::*;

/// Names the database to the child that [`an_acknowledged_answer_survives_kill_9`] starts and kills.
const CHILD_DATABASE: &str = "AFTERCALL_TEST_KILL_DATABASE";
const ROUNDS: usize = 12;

#[test]
#[expect(clippy::disallowed_methods, reason = "tells the child from its parent")]
fn an_acknowledged_answer_survives_kill_9() {
    if let Ok(path) = std::env::var(CHILD_DATABASE) {
        return write_until_killed(Path::new(&path));
    }
    let (_folder, path, _) = filled();
    let mut acknowledged: HashMap<ResponseId, i64> = HashMap::new();
    for round in 0..ROUNDS {
        // Killed after a different number of acknowledgements each round, the first ones included.
        let lines = run_and_kill(&path, 1 + round * 37);
        for (id, seq) in lines {
            let newest = acknowledged.entry(id).or_default();
            *newest = seq.max(*newest);
        }
        let storage = open(&path).unwrap();
        block_on(async {
            for (id, seq) in &acknowledged {
                let row = storage.response(*id).await.unwrap().unwrap();
                assert!(row.seq >= *seq, "round {round}: {seq} acknowledged, {} stored", row.seq);
                assert_eq!(i64::try_from(row.answers.len()).unwrap(), row.seq, "each update has its answer");
            }
        });
    }
    assert!(inspect(&settings(&path)).iter().all(|finding| finding.result.is_ok()));
    assert!(acknowledged.len() > ROUNDS);
}

/// Starts a writer on `path`, kills it after so many acknowledgements; all it acknowledged.
fn run_and_kill(path: &Path, acknowledgements: usize) -> Vec<(ResponseId, i64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "storage_sqlite::kill::an_acknowledged_answer_survives_kill_9"])
        .env(CHILD_DATABASE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut seen: Vec<_> = lines.by_ref().filter_map(|line| parse(&line)).take(acknowledgements).collect();
    assert_eq!(seen.len(), acknowledgements, "the child ended by itself");
    child.kill().unwrap();
    // What was in the pipe when it died was acknowledged too; the last line may be cut.
    seen.extend(lines.filter_map(|line| parse(&line)));
    child.wait().unwrap();
    seen
}

fn parse(line: &str) -> Option<(ResponseId, i64)> {
    let (id, seq) = line.strip_prefix("ack ")?.strip_suffix(" .")?.split_once(' ')?;
    Some((id.parse().ok()?, seq.parse().ok()?))
}

/// The child: many callers, each acknowledgement one line.
fn write_until_killed(path: &Path) {
    let storage = open(path).unwrap();
    block_on(async {
        // The surveys of the rounds before are there still.
        let ground = Ground::with_survey(&*storage, &format!("killed-{}", std::process::id())).await;
        let callers = (0..32).map(|_| async {
            loop {
                let offer = ground.offer(start());
                let id = offer.id;
                storage.insert_offer(offer).await.unwrap();
                acknowledge(id, 0);
                for seq in 0..10 {
                    let given = vec![answer(u16::try_from(seq).unwrap(), AnswerValue::Number(1))];
                    let change = update(id, seq, ResponseState::InProgress, given);
                    assert_eq!(storage.update_response(change).await.unwrap(), UpdateOutcome::Stored);
                    acknowledge(id, seq + 1);
                }
            }
        });
        let never: Vec<()> = futures_util::future::join_all(callers).await;
        drop(never);
    });
}

fn acknowledge(id: ResponseId, seq: i64) {
    let mut out = std::io::stdout().lock();
    // A closed pipe means the parent is gone; this process is killed or ends by itself.
    if writeln!(out, "ack {id} {seq} .").and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}
