//! What a caller would hear: each prompt of the survey, fetched as the script would fetch it.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::Check;
use crate::actors::survey_engine::Turn;
use crate::cli::client::Server;
use crate::domain::prompt::{PromptEntry, PromptIndex};
use crate::domain::survey::VoiceMode;
use crate::storage::{PromptForm, PromptStore, StorageError};
use crate::telemetry::Chain;

/// The name of the check.
pub(super) const CHECK: &str = "prompts";

/// A text and the prompt that says it.
pub(super) struct Heard {
    name: String,
    text: String,
    /// Its address; none where there is no prompt.
    url: Option<String>,
    /// What came of fetching it; the error is a sentence.
    outcome: Result<String, String>,
}

/// Where prompts are looked for.
pub(super) struct Source<'a> {
    /// All there are.
    pub(super) index: &'a PromptIndex,
    /// The form that replies name.
    pub(super) form: PromptForm,
    /// Where replies say they are: scheme, host and port.
    pub(super) base: &'a str,
    /// To fetch them from there; none when no server runs.
    pub(super) server: Option<&'a Server>,
    /// To look for them otherwise.
    pub(super) store: &'a dyn PromptStore,
}

impl Source<'_> {
    /// Everything the survey says in the turn's language, in the order it is said.
    pub(super) async fn heard(&self, turn: &Turn) -> Result<Vec<Heard>, StorageError> {
        let graph = &turn.version.graph;
        let mut all = Vec::new();
        for spoken in graph.spoken(&turn.language) {
            let entry = self.index.get(&spoken.name, &turn.language);
            let url =
                entry.map(|entry| format!("{}/prompts/{}.{}.wav", self.base, entry.id, self.form.as_str()));
            let outcome = match (entry, &url, self.server) {
                (None, ..) | (_, None, _) if graph.voice() == VoiceMode::Tts => {
                    Ok("no prompt: the IVR speaks the text".to_owned())
                }
                (None, ..) | (_, None, _) => Err("there is no such prompt".to_owned()),
                (Some(_), Some(url), Some(server)) => fetched(server, url).await,
                (Some(entry), Some(_), None) => self.kept(entry).await?,
            };
            all.push(Heard { name: spoken.name.to_string(), text: spoken.text, url, outcome });
        }
        Ok(all)
    }

    async fn kept(&self, entry: PromptEntry) -> Result<Result<String, String>, StorageError> {
        let audio = self.store.prompt_audio(entry.id, self.form).await?;
        Ok(audio.map(|audio| format!("{} bytes in the database", audio.len())).ok_or_else(|| {
            "the database lists it but has no audio: store the file once more with `aftercall prompt add`"
                .to_owned()
        }))
    }
}

/// Fetches it as a script does; something other than a WAV file with status 200 is what callers would not hear.
async fn fetched(server: &Server, url: &str) -> Result<String, String> {
    let reply = async {
        let reply = server.client.get(url).send().await?;
        let (status, kind) = (reply.status(), reply.headers().get(CONTENT_TYPE).cloned());
        Ok::<_, reqwest::Error>((status, kind, reply.bytes().await?))
    };
    let failed = |error: reqwest::Error| format!("cannot be fetched: {}", Chain(&error.without_url()));
    let (status, kind, audio) = reply.await.map_err(failed)?;
    let kind = kind.and_then(|kind| kind.to_str().ok().map(str::to_owned)).unwrap_or_default();
    if !status.is_success() {
        return Err(format!("the server answers {status}"));
    }
    if !audio.starts_with(b"RIFF") || !kind.starts_with("audio/") {
        return Err(format!("what comes is no WAV file but `{kind}`"));
    }
    Ok(format!("{} bytes, {kind}", audio.len()))
}

/// One line for all of them.
pub(super) fn check(heard: &[Heard], server: Option<&Server>) -> Check {
    let prompts = heard.iter().filter(|heard| heard.url.is_some()).count();
    let bad = heard.iter().filter(|heard| heard.outcome.is_err()).count();
    let how =
        if server.is_some() { "fetched" } else { "looked for in the database, because no server is ready" };
    if bad > 0 {
        let all = heard.len();
        return Check::no(CHECK, format!("{bad} of {all} would not be heard; each stands below"));
    }
    match (prompts, heard.len() - prompts) {
        (0, _) => Check::ok(CHECK, "none: the IVR speaks the texts (\"voice\" is tts)"),
        (n, 0) => Check::ok(CHECK, format!("all {n} {how}")),
        (n, spoken) => Check::ok(CHECK, format!("{n} {how}; the IVR speaks {spoken} other texts")),
    }
}

impl Heard {
    pub(super) fn line(&self) -> String {
        let (word, detail) = match &self.outcome {
            Ok(detail) => ("ok", detail),
            Err(detail) => ("NO", detail),
        };
        let what = self.url.as_deref().map_or_else(|| format!("\"{}\"", self.text), str::to_owned);
        format!("{word:<4}  {}: {detail}\n        {what}", self.name)
    }

    pub(super) fn to_json(&self) -> Value {
        let (ok, detail) = match &self.outcome {
            Ok(detail) => (true, detail),
            Err(detail) => (false, detail),
        };
        json!({ "name": self.name, "text": self.text, "url": self.url, "ok": ok, "detail": detail })
    }
}
