//! The one envelope of the IVR API, for success and error alike, as JSON or XML.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType, HeaderName};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

use super::error::ApiError;
use super::format::Format;

/// The root element of every XML reply.
const ROOT: &str = "aftercall";

/// What a script branches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ResultWord {
    /// Ask the question in this reply.
    Question,
    /// The survey is over: thank and hang up.
    Done,
    /// No survey for this caller: hang up. `code` says why.
    None,
    /// It did not work: `code` and `message` say why. Hang up, or try the same request again when `retry_after_s` is there.
    Error,
}

/// A question with everything a script needs to ask it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuestionView {
    /// Send it back as `question_id`.
    #[schema(example = "csat")]
    pub question_id: String,
    /// Its place in the survey, from 1.
    pub question_no: u16,
    /// `rating`, `nps`, `yes_no`, `choice`, `free_text` or `voice_comment`.
    #[serde(rename = "type")]
    #[schema(example = "rating")]
    pub kind: &'static str,
    /// What to say, in the response's language.
    pub text: String,
    /// Where the audio of it is; absent when there is none, then the text is to be spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "http://calls.example:8080/prompts/01890a5d-ac96-774b-bcce-b302099a8057.ulaw.wav")]
    pub prompt_url: Option<String>,
    /// Whether the survey counts as partial without an answer.
    pub required: bool,
    /// Smallest number allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// Largest number allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
    /// The keys allowed when one key is the whole answer, such as `12345`; empty when more digits are needed.
    pub keys: String,
    /// Digits to collect at most.
    pub max_digits: u8,
    /// The key that ends an answer of several digits; empty when one key is enough.
    pub terminator: String,
    /// How long to wait for the first key, in milliseconds.
    pub no_input_ms: u32,
    /// How often to ask again after no or a wrong input.
    pub retries: u8,
    /// The longest recording of a `voice_comment`, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_seconds: Option<u32>,
    /// Present and true when the choices are to be read after the text, each followed by its digit. Otherwise the text
    /// names them itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_choices: bool,
    /// The choices, in the order to read them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceView>,
}

/// A choice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChoiceView {
    /// The key to press.
    pub digit: String,
    /// Its stable key, stored as the answer.
    pub choice_id: String,
    /// What to say.
    pub label: String,
    /// Where the audio of the label is, when choices are to be read and there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_url: Option<String>,
    /// Where the audio of the digit is, when choices are to be read and there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digit_prompt_url: Option<String>,
}

/// The envelope. Members that do not apply are left out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Reply {
    /// What to do.
    pub result: ResultWord,
    /// Why there is no survey, or what went wrong: a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The same as a sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The id under which the log tells more of an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
    /// Seconds to wait before the same request may work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// The id under which "why was this caller not surveyed?" is kept, when no survey was offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_id: Option<String>,
    /// The response: send it back with every answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// `offered`, `in_progress`, `complete`, `partial`, `declined` or `expired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// What became of the answer: `new`, `repeat` (stored before) or `correction`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<&'static str>,
    /// The survey's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey: Option<String>,
    /// The number of the version that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The language of all texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How many questions the survey has; branching may pass over some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question_count: Option<usize>,
    /// What to say before the first question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
    /// Where the audio of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intro_prompt_url: Option<String>,
    /// What to say at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thanks: Option<String>,
    /// Where the audio of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thanks_prompt_url: Option<String>,
    /// What to say to a caller who pressed nothing, before asking again; beside every question, where the survey has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_input: Option<String>,
    /// Where the audio of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_input_prompt_url: Option<String>,
    /// What to say to a caller who pressed a key that is no answer, before asking again; beside every question, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_match: Option<String>,
    /// Where the audio of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_match_prompt_url: Option<String>,
    /// All answers in the survey's order, such as `4:5:-1`, when it is over; `-1` is not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// The question to ask, its members beside the others.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub question: Option<QuestionView>,
    /// All questions; only in the reply to `survey`.
    #[serde(flatten)]
    #[schema(value_type = QuestionList)]
    pub questions: Questions,
}

/// All questions twice: as a list, and flat for XPath as `q1_question_id`, `q1_text`, `q1_keys`, …
#[derive(Debug, Clone, Default)]
pub struct Questions(pub Vec<QuestionView>);

/// How [`Questions`] are described; their flat members are free.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the list for the OpenAPI document; it is written by hand")]
pub(super) struct QuestionList {
    /// All questions, for scripts that ask by themselves; only in the reply to `survey`. Once more flat for XPath:
    /// `q1_question_id`, `q1_text`, `q1_keys`, …
    questions: Vec<QuestionView>,
}

impl Serialize for Questions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.0.is_empty() {
            map.serialize_entry("questions", &self.0)?;
        }
        for (no, question) in (1..).zip(&self.0) {
            flat(&mut map, no, question)?;
        }
        map.end()
    }
}

/// Every member of a question but its choices, written straight: a survey of 50 questions has 600 of them. Choices are
/// read from the list, by index: `choices[0]` in `JSONPath`, `choices/choice[1]` in `XPath`.
fn flat<M: SerializeMap>(map: &mut M, no: usize, question: &QuestionView) -> Result<(), M::Error> {
    let name = |member: &str| format!("q{no}_{member}");
    map.serialize_entry(&name("question_id"), &question.question_id)?;
    map.serialize_entry(&name("question_no"), &question.question_no)?;
    map.serialize_entry(&name("type"), question.kind)?;
    map.serialize_entry(&name("text"), &question.text)?;
    if let Some(url) = &question.prompt_url {
        map.serialize_entry(&name("prompt_url"), url)?;
    }
    map.serialize_entry(&name("required"), &question.required)?;
    if let Some(min) = question.min {
        map.serialize_entry(&name("min"), &min)?;
    }
    if let Some(max) = question.max {
        map.serialize_entry(&name("max"), &max)?;
    }
    map.serialize_entry(&name("keys"), &question.keys)?;
    map.serialize_entry(&name("max_digits"), &question.max_digits)?;
    map.serialize_entry(&name("terminator"), &question.terminator)?;
    map.serialize_entry(&name("no_input_ms"), &question.no_input_ms)?;
    map.serialize_entry(&name("retries"), &question.retries)?;
    if let Some(max) = question.max_seconds {
        map.serialize_entry(&name("max_seconds"), &max)?;
    }
    if question.read_choices {
        map.serialize_entry(&name("read_choices"), &true)?;
    }
    Ok(())
}

impl Reply {
    /// An envelope with nothing but a result.
    pub fn new(result: ResultWord) -> Self {
        Self {
            result,
            code: None,
            message: None,
            error_id: None,
            retry_after_s: None,
            offer_id: None,
            response_id: None,
            state: None,
            stored: None,
            survey: None,
            version: None,
            language: None,
            question_count: None,
            intro: None,
            intro_prompt_url: None,
            thanks: None,
            thanks_prompt_url: None,
            no_input: None,
            no_input_prompt_url: None,
            no_match: None,
            no_match_prompt_url: None,
            answers: None,
            question: None,
            questions: Questions::default(),
        }
    }

    /// The envelope of an error.
    pub fn error(error: &ApiError, error_id: Option<String>) -> Self {
        let mut reply = Self::new(ResultWord::Error);
        reply.code = Some(error.code().to_owned());
        reply.message = Some(error.to_string());
        reply.error_id = error_id;
        reply.retry_after_s = error.retry_after().map(|wait| wait.as_secs().max(1));
        reply
    }

    /// The reply as a response of HTTP.
    pub fn render(&self, status: StatusCode, format: Format) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(wait) = self.retry_after_s {
            response.insert_header((header::RETRY_AFTER, wait));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header(challenge());
        }
        match format {
            Format::Json => match self.to_json() {
                Ok(body) => response.insert_header(ContentType::json()).body(body),
                Err(_) => HttpResponse::InternalServerError().finish(),
            },
            Format::Xml => match self.to_xml() {
                Ok(body) => response
                    .insert_header((header::CONTENT_TYPE, "application/xml; charset=utf-8"))
                    .body(body),
                Err(_) => HttpResponse::InternalServerError().finish(),
            },
        }
    }

    /// The reply as JSON.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// The reply as XML.
    pub fn to_xml(&self) -> std::io::Result<Vec<u8>> {
        self.write_xml(Writer::new(Vec::with_capacity(1024)))
    }

    /// The same for people, each element on a line of its own.
    pub fn to_indented_xml(&self) -> std::io::Result<Vec<u8>> {
        self.write_xml(Writer::new_with_indent(Vec::with_capacity(1024), b' ', 2))
    }

    fn write_xml(&self, mut writer: Writer<Vec<u8>>) -> std::io::Result<Vec<u8>> {
        let value = serde_json::to_value(self)?;
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        write_element(&mut writer, ROOT, &value)?;
        Ok(writer.into_inner())
    }
}

/// How a client is asked for its key.
pub(super) fn challenge() -> (HeaderName, &'static str) {
    (header::WWW_AUTHENTICATE, "Basic realm=\"aftercall\", charset=\"UTF-8\"")
}

fn write_element(writer: &mut Writer<Vec<u8>>, name: &str, value: &Value) -> std::io::Result<()> {
    writer.write_event(Event::Start(BytesStart::new(name)))?;
    match value {
        Value::Object(members) => {
            members.iter().try_for_each(|(name, value)| write_element(writer, name, value))?;
        }
        Value::Array(items) => {
            // <questions> holds <question>, <choices> holds <choice>.
            let one = name.strip_suffix('s').unwrap_or(name);
            items.iter().try_for_each(|item| write_element(writer, one, item))?;
        }
        Value::String(text) => {
            let text: String = text.chars().filter(|c| allowed_in_xml(*c)).collect();
            writer.write_event(Event::Text(BytesText::new(&text)))?;
        }
        Value::Null => {}
        scalar => writer.write_event(Event::Text(BytesText::new(&scalar.to_string())))?,
    }
    writer.write_event(Event::End(BytesEnd::new(name)))
}

/// The characters XML 1.0 can carry at all.
pub(super) fn allowed_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_is_the_same_in_json_and_xml() {
        let mut reply = Reply::error(&ApiError::malformed("a < b & c"), Some("e1".into()));
        reply.questions.0.push(QuestionView {
            question_id: "q".into(),
            question_no: 1,
            kind: "choice",
            text: "أهلا 👋\u{1}".into(),
            prompt_url: Some("http://a/prompts/1.ulaw.wav".into()),
            required: true,
            min: None,
            max: None,
            keys: "12".into(),
            max_digits: 1,
            terminator: String::new(),
            no_input_ms: 5000,
            retries: 2,
            max_seconds: None,
            read_choices: true,
            choices: vec![ChoiceView {
                digit: "1".into(),
                choice_id: "a".into(),
                label: "A".into(),
                prompt_url: None,
                digit_prompt_url: Some("http://a/prompts/2.ulaw.wav".into()),
            }],
        });
        let xml = String::from_utf8(reply.to_xml().unwrap()).unwrap();
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><aftercall><result>ERROR</result><code>malformed</code>\
             <message>a &lt; b &amp; c</message><error_id>e1</error_id><questions><question><question_id>q</question_id>\
             <question_no>1</question_no><type>choice</type><text>أهلا 👋</text>\
             <prompt_url>http://a/prompts/1.ulaw.wav</prompt_url><required>true</required><keys>12</keys>\
             <max_digits>1</max_digits><terminator></terminator><no_input_ms>5000</no_input_ms><retries>2</retries>\
             <read_choices>true</read_choices><choices><choice><digit>1</digit><choice_id>a</choice_id><label>A</label>\
             <digit_prompt_url>http://a/prompts/2.ulaw.wav</digit_prompt_url></choice></choices>\
             </question></questions><q1_question_id>q</q1_question_id><q1_question_no>1</q1_question_no>\
             <q1_type>choice</q1_type><q1_text>أهلا 👋</q1_text>\
             <q1_prompt_url>http://a/prompts/1.ulaw.wav</q1_prompt_url><q1_required>true</q1_required><q1_keys>12</q1_keys>\
             <q1_max_digits>1</q1_max_digits><q1_terminator></q1_terminator><q1_no_input_ms>5000</q1_no_input_ms>\
             <q1_retries>2</q1_retries><q1_read_choices>true</q1_read_choices></aftercall>"
        );
        let json = serde_json::to_value(&reply).unwrap();
        assert_eq!(json["result"], "ERROR");
        assert_eq!(json["questions"][0]["choices"][0]["label"], "A");
        assert_eq!(json["q1_keys"], "12");
        assert!(json.get("response_id").is_none(), "members that do not apply are left out");
    }

    #[test]
    fn the_flat_members_are_all_of_a_question_but_its_choices() {
        let mut reply = Reply::new(ResultWord::Question);
        let (min, max) = (Some(1), Some(5));
        let (question_id, text, keys) = ("csat".to_owned(), "How?".to_owned(), "12345".to_owned());
        let view = QuestionView {
            question_id,
            question_no: 1,
            kind: "rating",
            text,
            prompt_url: Some("http://a/prompts/1.ulaw.wav".to_owned()),
            required: true,
            min,
            max,
            keys,
            max_digits: 1,
            terminator: String::new(),
            no_input_ms: 5000,
            retries: 2,
            max_seconds: Some(60),
            read_choices: true,
            choices: Vec::new(),
        };
        reply.questions.0.push(view);
        let json = serde_json::to_value(&reply).unwrap();
        let members = json["questions"][0].as_object().unwrap();
        for (name, value) in members {
            assert_eq!(json[format!("q1_{name}")], *value, "{name}");
        }
        let flat = json.as_object().unwrap().keys().filter(|name| name.starts_with("q1_")).count();
        assert_eq!(flat, members.len());
    }
}
