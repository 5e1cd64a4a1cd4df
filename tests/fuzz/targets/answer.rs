//! A caller's answers, against the rules alone. The input: a survey and a channel by the first two bytes, then a line for
//! each request: `=VALUE` answers the question that is due, `KEY=VALUE` any question, `*LIST` several at once.
#![no_main]

use std::sync::LazyLock;

use aftercall::domain::contact::Channel;
use aftercall::domain::survey::{Progress, Step, StepKind, SurveyGraph, advance, advance_all};
use libfuzzer_sys::fuzz_target;

static SURVEYS: LazyLock<[SurveyGraph; 3]> = LazyLock::new(|| {
    [
        include_str!("../../../static/demo/support.json"),
        include_str!("../../../static/demo/sales.json"),
        include_str!("../corpus/survey_document/every_kind.json"),
    ]
    .map(|document| SurveyGraph::from_json(document).unwrap())
});
const CHANNELS: [Channel; 4] = [Channel::Voice, Channel::Sms, Channel::Chat, Channel::Web];

fuzz_target!(|data: &[u8]| {
    let [survey, channel, script @ ..] = data else { return };
    let graph = &SURVEYS[usize::from(*survey) % SURVEYS.len()];
    let mut progress = Progress::new(CHANNELS[usize::from(*channel) % CHANNELS.len()]);
    for line in String::from_utf8_lossy(script).lines() {
        progress = request(graph, progress, line);
        assert_sound(graph, &progress);
    }
});

/// One request; what was answered after it.
fn request(graph: &SurveyGraph, progress: Progress, line: &str) -> Progress {
    if let Some(list) = line.strip_prefix('*') {
        let Ok(steps) = advance_all(graph, &progress, list) else { return progress };
        let after = steps.last().map_or(progress, |step| step.progress.clone());
        let again = advance_all(graph, &after, list).expect("a list that was taken is taken again");
        assert!(
            again.iter().all(|step| step.kind == StepKind::Repeat),
            "a repeat changed something: {again:?}"
        );
        return after;
    }
    let (key, value) = line.split_once('=').unwrap_or(("", line));
    let due = progress.current(graph).map_or("", |question| question.key.as_str());
    let key = if key.is_empty() { due } else { key };
    let Ok(step) = advance(graph, &progress, key, value) else { return progress };
    assert_taken(graph, &step);
    let again = advance(graph, &step.progress, key, value).expect("an answer that was taken is taken again");
    assert_eq!((again.kind, &again.progress, again.next), (StepKind::Repeat, &step.progress, step.next));
    step.progress
}

fn assert_taken(graph: &SurveyGraph, step: &Step) {
    assert_eq!(step.progress.answer(step.question_no), Some(&step.value));
    assert_eq!(step.progress.current(graph).map(|question| question.no), step.next);
}

fn assert_sound(graph: &SurveyGraph, progress: &Progress) {
    let path = progress.path(graph);
    let mut seen = path.clone();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), path.len(), "a question is asked twice: {path:?}");
    assert!(
        path.iter().all(|no| graph.at(*no).is_some_and(|question| question.asked_on(progress.channel())))
    );
    assert_eq!(progress.state_after(graph).is_open(), progress.current(graph).is_some());
    let asked = graph.questions().iter().filter(|question| question.asked_on(progress.channel())).count();
    assert_eq!(progress.results(graph).split(':').count(), asked, "a position for each question");
    let stored = (0..).zip(graph.questions()).filter_map(|(no, _)| Some((no, progress.answer(no)?.clone())));
    assert_eq!(&Progress::replay(graph, progress.channel(), stored), progress);
}
