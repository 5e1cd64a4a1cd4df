//! Survey documents: whatever is published ends, reads back as it was, and has words for every place.
#![no_main]

use aftercall::domain::contact::Channel;
use aftercall::domain::survey::{Progress, SurveyGraph, advance};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let graph = match SurveyGraph::from_json(text) {
        Ok(graph) => graph,
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            return;
        }
    };
    let written = serde_json::to_string(graph.document()).unwrap();
    assert_eq!(SurveyGraph::from_json(&written).unwrap(), graph, "{written}");
    for language in &graph.document().languages {
        for spoken in graph.spoken(language) {
            assert!(!spoken.text.is_empty(), "nothing to say at {:?}", spoken.name);
        }
    }
    // Nobody answers anything: the survey still ends.
    let mut progress = Progress::new(Channel::Voice);
    for _ in 0..=graph.questions().len() {
        let Some(question) = progress.current(&graph) else { return };
        progress = advance(&graph, &progress, &question.key, "-1").unwrap().progress;
    }
    panic!("the survey does not end: {written}");
});
