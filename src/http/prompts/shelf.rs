//! Which prompts there are, looked up anew when the database's stamp has risen; their audio, as far as it is kept in
//! memory; and the addresses they are played from.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::HttpRequest;
use actix_web::http::header::HOST;
use actix_web::http::uri::Authority;
use tokio::sync::{Mutex, Semaphore};

use crate::domain::prompt::{PromptIndex, PromptName};
use crate::domain::survey::{Slot, SurveyGraph};
use crate::foundation::PromptId;
use crate::http::state::Api;
use crate::storage::{PromptForm, PromptRow, PromptStore, StorageError};

use super::cache::PromptCache;

/// The stamp of what was read without one: the next look reads anew.
const NO_STAMP: i64 = -1;

/// The newest index of prompts, and the audio that is played often.
#[derive(Debug)]
pub struct PromptShelf {
    index: RwLock<Arc<PromptIndex>>,
    stamp: AtomicI64,
    /// Held while the prompts are read, so that an older list never follows a newer one.
    reading: Mutex<()>,
    pub(super) audio: PromptCache,
    /// Uploads converted at the same time: one, since it keeps a CPU busy that calls need too.
    pub(super) converting: Semaphore,
}

impl PromptShelf {
    /// An empty shelf that keeps so many bytes of audio in memory.
    pub fn new(cache_bytes: usize) -> Self {
        Self {
            index: RwLock::default(),
            stamp: AtomicI64::new(NO_STAMP),
            reading: Mutex::default(),
            audio: PromptCache::new(cache_bytes),
            converting: Semaphore::new(1),
        }
    }

    /// Reads the prompts anew if the stamp rose.
    pub async fn refresh(&self, prompts: &dyn PromptStore, stamp: u64) -> Result<(), StorageError> {
        let stamp = i64::try_from(stamp).unwrap_or(i64::MAX);
        if self.stamp.load(Ordering::Acquire) != stamp {
            self.read(prompts, stamp).await?;
        }
        Ok(())
    }

    /// Reads the prompts anew, after a change made by this node: who made it finds it here at once.
    pub(super) async fn read_changed(&self, prompts: &dyn PromptStore) -> Result<(), StorageError> {
        self.read(prompts, NO_STAMP).await
    }

    async fn read(&self, prompts: &dyn PromptStore, stamp: i64) -> Result<(), StorageError> {
        let _reading = self.reading.lock().await;
        let rows = prompts.prompts().await?;
        let index = PromptIndex::new(rows.into_iter().map(PromptRow::into_entry));
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
        self.stamp.store(stamp, Ordering::Release);
        Ok(())
    }

    /// Bytes of audio in memory.
    pub(in crate::http) fn audio_bytes(&self) -> u64 {
        self.audio.bytes()
    }

    /// The index as it is now.
    pub fn current(&self) -> Arc<PromptIndex> {
        Arc::clone(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The addresses of prompts as one client reaches them.
#[derive(Debug, Clone)]
pub struct PromptLinks {
    index: Arc<PromptIndex>,
    /// Scheme, host and port, without a slash at the end; empty where the client did not say: then the addresses are
    /// paths, which a browser completes by itself.
    base: String,
    form: PromptForm,
}

impl PromptLinks {
    /// The addresses for the client of a request: below `ivr_api.public_url`, else where the request went. That is told by
    /// the Host header and by whether this listener speaks TLS. `Forwarded` and `X-Forwarded-*` are not looked at: anyone
    /// can send them, and they would point a script to another's audio.
    pub(in crate::http) fn of(api: &Api, request: &HttpRequest) -> Self {
        let index = api.prompts.current();
        // Every reply to an answer comes by here; without prompts there is nothing to address.
        let base = if index.is_empty() {
            String::new()
        } else {
            api.settings
                .public_url
                .clone()
                .unwrap_or_else(|| host_base(request, api.settings.secure).unwrap_or_default())
        };
        Self::new(index, base, api.settings.prompt_form)
    }

    /// Addresses below `base`, which has no slash at its end.
    pub fn new(index: Arc<PromptIndex>, base: String, form: PromptForm) -> Self {
        Self { index, base, form }
    }

    /// The address of what is said at a place; `None` when there is no prompt for it.
    pub fn url(&self, graph: &SurveyGraph, slot: Slot<'_>, language: &str) -> Option<String> {
        if self.index.is_empty() {
            return None;
        }
        let entry = self.index.get(&graph.prompt_name(slot), language)?;
        Some(self.of_id(entry.id, self.form))
    }

    /// The address of audio by its id.
    pub(super) fn of_id(&self, id: PromptId, form: PromptForm) -> String {
        format!("{}/prompts/{id}.{}.wav", self.base, form.as_str())
    }

    /// The address of whatever is stored for a name and language.
    pub(super) fn of_name(&self, language: &str, name: &PromptName) -> String {
        format!("{}/prompts/{language}/{name}.wav", self.base)
    }
}

/// Scheme and host of a request, if it names a host that is one.
fn host_base(request: &HttpRequest, secure: bool) -> Option<String> {
    let host: Authority = match request.headers().get(HOST) {
        Some(host) => host.to_str().ok()?.parse().ok()?,
        // HTTP/2 says it in its own way.
        None => request.uri().authority()?.clone(),
    };
    // A name and password before the host would go out with every fetch.
    if host.as_str().contains('@') {
        return None;
    }
    let scheme = if secure { "https" } else { "http" };
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_host_header_says_where_a_request_went_and_forwarded_headers_do_not() {
        let base = |headers: &[(&str, &str)]| {
            let request =
                headers.iter().fold(TestRequest::get(), |request, header| request.insert_header(*header));
            host_base(&request.to_http_request(), false)
        };
        let host = ("host", "calls.example:8080");
        assert_eq!(base(&[host]).as_deref(), Some("http://calls.example:8080"));
        let hostile = [
            host,
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "host=evil.example;proto=https"),
        ];
        assert_eq!(base(&hostile).as_deref(), Some("http://calls.example:8080"));
        assert_eq!(base(&[("host", "[::1]:8080")]).as_deref(), Some("http://[::1]:8080"));
        for wrong in ["", "a b", "a/b", "user:password@a", "a\"b"] {
            assert_eq!(base(&[("host", wrong)]), None, "{wrong}");
        }
        assert_eq!(base(&[]), None, "HTTP/1.0 needs no host");
        let second = TestRequest::with_uri("https://calls.example/ivr/v1/survey").to_http_request();
        assert_eq!(
            host_base(&second, false).as_deref(),
            Some("http://calls.example"),
            "its scheme is ours to say"
        );
        assert_eq!(host_base(&second, true).as_deref(), Some("https://calls.example"));
    }
}
