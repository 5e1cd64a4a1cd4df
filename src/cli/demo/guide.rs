//! What to try with the demo's server: addresses, and lines to paste into a shell.

use std::path::Path;

use super::furnish::{LINES, PAGE};
use super::key;
use crate::cli::output::say;

/// The portal, and the link by which the first user sets a password where nobody has one yet.
pub(super) struct Portal {
    pub(super) url: String,
    pub(super) link: Option<String>,
    /// The address of a customer's page.
    pub(super) page: Option<String>,
}

/// Prints it.
pub(super) fn print(url: &str, portal: Option<&Portal>, folder: &Path) {
    let me = std::env::args().next().unwrap_or_else(|| "aftercall".to_owned());
    say!("{}", text(url, folder, &me, std::process::id()));
    if let Some(portal) = portal {
        say!("{}", sign_in(portal, folder, &me));
        if let Some(page) = &portal.page {
            say!("{}", customer(page, folder, &me, url));
            say!("{}", chat(url));
        }
    }
}

/// How to come into the portal.
fn sign_in(portal: &Portal, folder: &Path, me: &str) -> String {
    let (me, folder, url) = (quoted(me), quoted(&folder.to_string_lossy()), &portal.url);
    match &portal.link {
        Some(link) => format!(
            "Open the portal: set a password by this link, once, then sign in as admin.\n\n  {link}\n\n\
             Afterwards it is at {url}\n"
        ),
        None => format!(
            "Open the portal, and sign in as admin; the command makes a new link to set a password.\n\n  {url}\n  \
             \"{me}\" user reset admin --data-dir {folder} --set portal.public_url={url}\n"
        ),
    }
}

/// How to be a customer on the page.
fn customer(page: &str, folder: &Path, me: &str, url: &str) -> String {
    let (me, key) = (quoted(me), quoted(&key::file(folder).to_string_lossy()));
    let service = PAGE.0;
    format!(
        "Be a customer who was sent a link: the page is best on a phone.\n\n  {page}\n\n\
         The command makes another link, here in Arabic.\n\n  \
         \"{me}\" invite link --service {service} --lang ar --url {url} --key $(cat {key})\n"
    )
}

/// How to be a customer in a chat.
fn chat(url: &str) -> String {
    format!(
        "Be a customer in the chat of a made-up shop, and see what its agent sees.\n\n  {url}/demo/chat\n"
    )
}

/// `me` is this program as it was called, `pid` its process.
fn text(url: &str, folder: &Path, me: &str, pid: u32) -> String {
    let key = quoted(&key::file(folder).to_string_lossy());
    let (me, folder, dn) = (quoted(me), quoted(&folder.to_string_lossy()), LINES[0].dn);
    format!(
        r#"Serving until Ctrl-C:

  API reference  {url}/docs/
  health         {url}/health
  metrics        {url}/metrics

Try it: paste into another terminal in this folder, these two lines first.

  U={url} K=$(cat {key}) A={me}
  ask() {{ curl -s -H "X-API-Key: $K" -d "$2" "$U/ivr/v1/$1"; echo; }}

Be a caller; each reply is the next question.

  S=$(ask survey "dn={dn}&call_id=me-$(date +%s)&agent_id=1001&lang=es")
  printf '%s\n' "$S" | sed 's/,"questions":.*/, …}}/'
  R=$(printf %s "$S" | sed 's/.*"response_id":"\([^"]*\)".*/\1/')
  for Q in csat=5 solved=1 recommend=10; do
    ask answer "response_id=$R&question_id=${{Q%=*}}&value=${{Q#*=}}"
  done
  ask complete "response_id=$R"

Crash the survey engine three times while callers use it; not one call fails.

  ("$A" simulate calls --calls 5000 --dn {dn} --seed $(date +%s) --url $U --key $K &
  for N in 1 2 3; do
    sleep 1; "$A" simulate crash survey_engine --url $U --key $K
  done; wait)
  "$A" health --url $U

Look at scores by agent, team, queue, service, question or day; as CSV or JSON.

  "$A" report --by agent --data-dir {folder}

Pull the plug, then start the demo again: every acknowledged answer is there.

  kill -9 {pid}
"#
    )
}

/// A word for a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(quoted("./target/release/aftercall"), "./target/release/aftercall");
        assert_eq!(quoted("my demo's"), r"'my demo'\''s'");
        let text = text("http://127.0.0.1:1", Path::new("my demo"), "aftercall", 7);
        assert!(text.contains("$(cat 'my demo/api-key')") && text.contains("${Q%=*}"), "{text}");
    }
}
