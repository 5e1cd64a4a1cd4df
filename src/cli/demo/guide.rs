//! What to try with the demo's server: addresses, and lines to paste into a shell.

use std::path::Path;

use super::furnish::LINES;
use super::key;
use crate::cli::output::say;

/// Prints it.
pub(super) fn print(url: &str, folder: &Path) {
    let me = std::env::args().next().unwrap_or_else(|| "aftercall".to_owned());
    say!("{}", text(url, folder, &me, std::process::id()));
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
