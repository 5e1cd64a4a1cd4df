//! Prompts as gateways, browsers and operators meet them, on the real server over the network.

mod keep;
mod play;
mod upload;

use aftercall::foundation::PromptId;
use aftercall::storage::PromptAudio;
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::support::prompt::add_audio;
use super::support::{Server, Site, block_on};

/// A reply with its bytes.
#[derive(Debug)]
struct Got {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// One request without a key.
fn fetch(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = server.http().fresh().bare(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    block_on(async {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Got { status, headers, body: response.bytes().await.unwrap().to_vec() }
    })
}

fn get(server: &Server, path: &str) -> Got {
    fetch(server, Method::GET, path, &[])
}

/// Stores a prompt as the command line does, beside a running server. Its bytes are told apart by form and `seed`.
fn store(site: &Site, language: &str, name: &str, seed: u8) -> PromptId {
    store_sized(site, language, name, seed, 8_000)
}

fn store_sized(site: &Site, language: &str, name: &str, seed: u8, bytes: usize) -> PromptId {
    let audio = PromptAudio {
        ulaw: audio("ulaw", seed, bytes),
        alaw: audio("alaw", seed, bytes),
        pcm: audio("pcm", seed, bytes),
    };
    add_audio(site, language, name, seed, audio)
}

/// Bytes of which no two places look alike.
fn audio(form: &str, seed: u8, size: usize) -> Vec<u8> {
    format!("{form} {seed} ").bytes().chain((0..=u8::MAX).cycle()).take(size).collect()
}
