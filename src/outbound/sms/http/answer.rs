//! From a gateway's answer to a verdict.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::scrub::Scrub;
use crate::foundation::sms::http::{AnswerBody, AnswerRules, Meaning};
use crate::outbound::sms::Verdict;

/// For how long a gateway can have a route wait at most.
const WAIT_LONGEST: Duration = Duration::from_mins(10);

/// What a gateway answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// For how long it asks to be left alone.
    pub(super) wait: Option<Duration>,
    /// All of the body; `None` where it broke off, or has more than is read.
    pub(super) body: Option<String>,
}

/// What an answer means; `own_id`: our key of what was sent, which is its id where the gateway gives none.
pub(super) fn verdict(rules: &AnswerRules, answer: &Answer, own_id: &str, scrub: &Scrub<'_>) -> Verdict {
    let by_status = rules.by_status(answer.status);
    let Some(text) = &answer.body else {
        let why = format!("the gateway says {}, and its answer breaks off or is too long", answer.status);
        // What it meant to say of a message that it took is not known; a refusal is one without its words.
        let meaning = if by_status == Meaning::Accepted { Meaning::Unknown } else { by_status };
        return from_meaning(meaning, why, answer.wait, Vec::new());
    };
    let body = AnswerBody::new(text);
    let meaning = rules.by_body(&body).unwrap_or(by_status);
    if meaning == Meaning::Accepted {
        let ids = match &rules.id {
            None => vec![own_id.to_owned()],
            Some(extract) => extract.from(&body),
        };
        return Verdict::Accepted(ids);
    }
    let reason = rules.reason.as_ref().map(|extract| extract.from(&body).join(", "));
    let reason = reason.filter(|reason| !reason.is_empty()).or_else(|| beginning(body.text()));
    let why = match reason.map(|reason| scrub.clean(&reason)).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("the gateway says {}: {reason}", answer.status),
        None => format!("the gateway says {}", answer.status),
    };
    from_meaning(meaning, why, answer.wait, Vec::new())
}

/// The first line of a body that is not a page.
fn beginning(text: &str) -> Option<String> {
    let line = text.lines().next()?.trim();
    (!line.starts_with('<')).then(|| line.to_owned())
}

fn from_meaning(meaning: Meaning, why: String, wait: Option<Duration>, ids: Vec<String>) -> Verdict {
    match meaning {
        Meaning::Accepted => Verdict::Accepted(ids),
        Meaning::Throttled => Verdict::Throttled { why, wait },
        Meaning::NotNow => Verdict::NotNow { why, wait },
        Meaning::Refused => Verdict::Refused { why, opted_out: false },
        Meaning::OptedOut => Verdict::Refused { why, opted_out: true },
        Meaning::RouteDown => Verdict::RouteDown { why },
        Meaning::Unknown => Verdict::Unknown { why },
    }
}

/// The wait that `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date by the gateway's own clock where it says
/// what that shows.
pub(super) fn retry_after(value: &str, date: Option<&str>, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    let wait = if value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty() {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let read = |text: &str| DateTime::parse_from_rfc2822(text.trim()).ok();
        let now = date.and_then(read).map_or(now, |date| date.to_utc());
        (read(value)?.to_utc() - now).to_std().unwrap_or_default()
    };
    Some(wait.min(WAIT_LONGEST))
}

#[cfg(test)]
mod tests {
    use super::super::tests_of::submission;
    use super::*;
    use crate::foundation::Secret;
    use crate::foundation::sms::http::{BodyRule, Extract, JsonPath, TextTest};

    fn rules() -> AnswerRules {
        let path = |path: &str| JsonPath::parse(path).unwrap();
        AnswerRules {
            body: vec![BodyRule {
                path: Some(path("code")),
                test: TextTest::Is(vec!["7".into()]),
                meaning: Meaning::OptedOut,
            }],
            id: Some(Extract::Paths(vec![path("ids[*]")])),
            reason: Some(Extract::Paths(vec![path("message")])),
            ..AnswerRules::default()
        }
    }

    fn judged(rules: &AnswerRules, status: u16, body: Option<&str>) -> Verdict {
        let (submission, password) = (submission("Hello"), Secret::default());
        let wait = Some(Duration::from_secs(3));
        let answer = Answer { status, wait, body: body.map(str::to_owned) };
        verdict(rules, &answer, "k-1", &Scrub::new(&submission, &password))
    }

    #[test]
    fn the_body_outranks_the_status_and_its_words_are_told() {
        let why = |text: &str| text.to_owned();
        let by = |status, body| judged(&rules(), status, Some(body));
        assert_eq!(by(200, r#"{"ids": ["a", "b"]}"#), Verdict::Accepted(vec!["a".into(), "b".into()]));
        assert_eq!(by(200, "no JSON at all"), Verdict::Accepted(Vec::new()));
        let said = r#"{"code": 7, "message": "+34600111222 wants none"}"#;
        let opted_out =
            Verdict::Refused { why: why("the gateway says 200: *** wants none"), opted_out: true };
        assert_eq!(by(200, said), opted_out);
        let wait = Some(Duration::from_secs(3));
        assert_eq!(by(503, "Busy\nmore"), Verdict::NotNow { why: why("the gateway says 503: Busy"), wait });
        assert_eq!(by(429, "<html>"), Verdict::Throttled { why: why("the gateway says 429"), wait });
        assert_eq!(by(302, ""), Verdict::RouteDown { why: why("the gateway says 302") });
        assert_eq!(judged(&AnswerRules::default(), 202, Some("ok")), Verdict::Accepted(vec!["k-1".into()]));
    }

    #[test]
    fn an_answer_that_breaks_off_is_a_refusal_or_unknown_but_never_taken() {
        assert!(matches!(judged(&rules(), 200, None), Verdict::Unknown { .. }));
        assert!(matches!(judged(&rules(), 400, None), Verdict::Refused { .. }));
        assert!(matches!(judged(&rules(), 500, None), Verdict::NotNow { .. }));
    }

    #[test]
    fn a_wait_is_read_in_seconds_or_as_a_date_and_is_bounded() {
        let now = DateTime::parse_from_rfc3339("2026-01-31T12:00:00Z").unwrap().to_utc();
        let seconds =
            |value: &str, date: Option<&str>| retry_after(value, date, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("7", None), Some(7));
        assert_eq!(seconds("99999999999999999999999", None), Some(600));
        assert_eq!(seconds("Sat, 31 Jan 2026 12:00:30 GMT", None), Some(30));
        let gateway = Some("Sat, 31 Jan 2026 12:00:10 GMT");
        assert_eq!(seconds("Sat, 31 Jan 2026 12:00:30 GMT", gateway), Some(20));
        assert_eq!(seconds("Sat, 31 Jan 2026 11:00:00 GMT", None), Some(0));
        assert_eq!(seconds("soon", None), None);
        assert_eq!(seconds("-1", None), None);
        assert_eq!(seconds("", None), None);
    }
}
