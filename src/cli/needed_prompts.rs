//! What callers hear of a survey, as the commands about surveys say it: which prompts are missing, and the ways out.

use super::failure::Failure;
use crate::domain::contact::{Channel, ServiceChannel};
use crate::domain::prompt::PromptIndex;
use crate::domain::survey::{MissingPrompt, SurveyGraph, VoiceMode, missing_prompts};
use crate::storage::{PromptRow, PromptStore, StorageError};

/// Most prompts that are listed.
const LISTED_MAX: usize = 10;
/// Most characters of a text that are shown.
const SHOWN_MAX: usize = 50;

/// All prompts there are.
pub(super) async fn prompt_index(prompts: &dyn PromptStore) -> Result<PromptIndex, StorageError> {
    let rows = prompts.prompts().await?;
    Ok(PromptIndex::new(rows.into_iter().map(PromptRow::into_entry)))
}

/// Refuses a survey that callers would hear nothing of: with `voice: prompts` each text needs its prompt.
pub(super) fn check(graph: &SurveyGraph, prompts: &PromptIndex) -> Result<(), Failure> {
    if graph.voice() != VoiceMode::Prompts {
        return Ok(());
    }
    let missing = missing_prompts(graph, prompts);
    if missing.is_empty() {
        return Ok(());
    }
    let key = graph.key();
    Err(Failure::new(format!(
        "{key} is not published, because callers would hear nothing where a prompt is missing.\n\
         Missing: {}\n\
         The ways out:\n  \
           record the texts, store each file with `aftercall prompt add`, then `aftercall survey publish {key}`\n  \
           `aftercall prompt synthesize {key}` makes them from the texts with espeak-ng; then publish\n  \
           \"voice\": \"tts\" in the document, if the IVR speaks texts itself\n  \
           \"voice\": \"none\" in the document, if it is not for callers",
        list(&missing)
    )))
}

/// How many are missing in which language, and the first of them.
fn list(missing: &[MissingPrompt]) -> String {
    let mut lines = vec![count(missing)];
    for prompt in missing.iter().take(LISTED_MAX) {
        lines.push(format!("  {}  {}  \"{}\"", prompt.language, prompt.name, shown(&prompt.text)));
    }
    let more = missing.len().saturating_sub(LISTED_MAX);
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines.join("\n")
}

/// `24 prompts: 12 in en, 12 in es`.
fn count(missing: &[MissingPrompt]) -> String {
    let by_language: Vec<String> = missing
        .chunk_by(|a, b| a.language == b.language)
        .filter_map(|chunk| Some(format!("{} in {}", chunk.len(), chunk.first()?.language)))
        .collect();
    let prompts = if missing.len() == 1 { "prompt" } else { "prompts" };
    format!("{} {prompts}: {}", missing.len(), by_language.join(", "))
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// What publishing will ask for, said of a document alone; nothing where it needs no prompts.
pub(super) fn note(graph: &SurveyGraph) -> Option<String> {
    if graph.voice() != VoiceMode::Prompts {
        return None;
    }
    let needed = missing_prompts(graph, &PromptIndex::default());
    if needed.is_empty() {
        return None;
    }
    Some(format!(
        "note: to be published it needs {}; `aftercall survey publish {}` says which are missing. With \"voice\": \"tts\" it \
         needs none, because the IVR speaks the texts itself",
        count(&needed),
        graph.key()
    ))
}

/// What a service's callers must know of a survey that asks them nothing.
pub(super) fn silent_on(graph: &SurveyGraph, service: ServiceChannel) -> Option<String> {
    if service != ServiceChannel::Voice || graph.askable_on(Channel::Voice) {
        return None;
    }
    let why = if graph.voice() == VoiceMode::None {
        "its \"voice\" is \"none\": with \"prompts\" or \"tts\" they are"
    } else {
        "none of its questions can be asked by phone"
    };
    Some(format!("warning: callers of this service are asked nothing in the call, because {why}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::prompt::PromptEntry;
    use crate::foundation::{PromptId, SystemChance};

    fn survey(voice: &str, languages: &[&str]) -> SurveyGraph {
        let text: std::collections::BTreeMap<_, _> = languages.iter().map(|l| (*l, "Bien?")).collect();
        let question = |no: u8| serde_json::json!({"key": format!("q{no}"), "type": "nps", "text": text});
        let questions: Vec<_> = (1..=6).map(question).collect();
        let document = serde_json::json!({"format": "aftercall.survey/1", "key": "s", "name": "S",
            "languages": languages, "voice": voice, "questions": questions});
        SurveyGraph::from_json(&document.to_string()).unwrap()
    }

    #[test]
    fn a_refusal_lists_ten_prompts_at_most_and_every_way_out() {
        let told = check(&survey("prompts", &["en", "es"]), &PromptIndex::default()).unwrap_err().to_string();
        assert!(told.contains("Missing: 12 prompts: 6 in en, 6 in es\n  en  s.q1  \"Bien?\"\n"), "{told}");
        assert!(
            told.contains("  es  s.q4  \"Bien?\"\n  and 2 more\n")
                && !told.contains("s.q5  \"Bien?\"\n  es  s.q6")
        );
        for way in ["aftercall prompt add", "aftercall prompt synthesize s", "\"tts\"", "\"none\""] {
            assert!(told.contains(way), "{way} is not in {told}");
        }
    }

    #[test]
    fn a_survey_is_published_when_its_prompts_are_there_or_it_needs_none() {
        let graph = survey("prompts", &["es"]);
        let names = graph.spoken("es").into_iter().map(|spoken| {
            let id = PromptId::new(chrono::DateTime::UNIX_EPOCH, &SystemChance);
            (spoken.name, "es".to_owned(), PromptEntry { id, duration: Duration::from_secs(1) })
        });
        assert!(check(&graph, &PromptIndex::default()).is_err());
        assert!(check(&graph, &PromptIndex::new(names)).is_ok());
        for voice in ["tts", "none"] {
            assert!(check(&survey(voice, &["es"]), &PromptIndex::default()).is_ok());
            assert_eq!(note(&survey(voice, &["es"])), None);
        }
        assert!(note(&graph).unwrap().contains("6 prompts: 6 in es"));
    }

    #[test]
    fn who_makes_callers_hear_nothing_is_told_so() {
        let warned = |voice, service| silent_on(&survey(voice, &["en"]), service);
        assert!(warned("none", ServiceChannel::Voice).unwrap().contains("\"voice\" is \"none\""));
        assert_eq!(warned("none", ServiceChannel::Chat), None);
        assert_eq!(warned("tts", ServiceChannel::Voice), None);
    }
}
