//! In and out: every form of a request is read, every reply comes as its script wants it.

use super::*;

/// Where a script puts its parameters.
#[derive(Debug, Clone, Copy)]
enum Form {
    Query,
    Body,
    Json,
    Xml,
}

const FORMS: [Form; 4] = [Form::Query, Form::Body, Form::Json, Form::Xml];

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn call(server: &Server, form: Form, path: &str, fields: &[(&str, &str)]) -> Reply {
    let typed = |kind: &'static str| [("content-type", kind)];
    match form {
        Form::Query => send(server, Method::GET, &format!("{path}?{}", encoded(fields)), &[], ""),
        Form::Body => {
            send(server, Method::POST, path, &typed("application/x-www-form-urlencoded"), &encoded(fields))
        }
        Form::Json => {
            let members = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
            let body = Value::Object(members.collect()).to_string();
            send(server, Method::POST, path, &typed("application/json"), &body)
        }
        Form::Xml => {
            let members = fields.iter().map(|(name, value)| format!("<{name}>{value}</{name}>"));
            let body = format!("<?xml version=\"1.0\"?><request>{}</request>", members.collect::<String>());
            send(server, Method::POST, path, &typed("application/xml"), &body)
        }
    }
}

#[test]
fn one_caller_is_surveyed_from_end_to_end_in_each_form_with_replies_as_json_and_as_xml() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    for form in FORMS {
        for suffix in [".json", ".xml"] {
            let facts = [
                ("dn", DN),
                ("ani", "+34600111222"),
                ("agent_id", "a7"),
                ("queue", "help & care"),
                ("lang", "es"),
            ];
            // In XML the ampersand has to be written as such.
            let written = facts.map(|(name, value)| {
                (name, if matches!(form, Form::Xml) { value.replace('&', "&amp;") } else { value.to_owned() })
            });
            let written = written.each_ref().map(|(name, value)| (*name, value.as_str()));
            let mut reply = call(&server, form, &format!("/ivr/v1/survey{suffix}"), &written);
            let response = reply.word("response_id");
            let mut asked = Vec::new();
            for digits in ["2", "3", "1", "10"] {
                assert_eq!(
                    (reply.status, reply.word("result").as_str()),
                    (200, "QUESTION"),
                    "{form:?} {reply:?}"
                );
                let question = reply.word("question_id");
                let fields =
                    [("response_id", response.as_str()), ("question_id", &question), ("value", digits)];
                reply = call(&server, form, &format!("/ivr/v1/answer{suffix}"), &fields);
                asked.push(question);
            }
            assert_eq!(asked, ["csat", "reason", "solved", "recommend"], "{form:?}");
            let end =
                [reply.word("result"), reply.word("state"), reply.word("answers"), reply.word("thanks")];
            assert_eq!(
                end,
                ["DONE", "complete", "2:3:1:10", "Gracias. Sus respuestas nos ayudan a mejorar. Adiós."]
            );
            let kept: Vec<_> = stored.answers(&response).into_values().collect();
            assert_eq!(kept, ["2", "manner", "10", "1"], "by the names of the questions");
            let facts = ["dn", "customer", "agent_id", "queue"]
                .map(|column| stored.offer(&response, column).unwrap());
            assert_eq!(facts, [DN, "+34600111222", "a7", "help & care"]);
        }
    }
    stored.sound();
}

#[test]
fn the_reply_is_json_or_xml_by_suffix_then_format_then_accept_and_a_misspelt_accept_is_never_refused() {
    let site = Site::new();
    let server = site.serve(&[]);
    for (path, accept, expected) in [
        ("/ivr/v1/survey.xml?format=json", "application/json", "xml"),
        ("/ivr/v1/survey.json?format=xml", "text/xml", "json"),
        ("/ivr/v1/survey?format=xml", "application/json", "xml"),
        ("/ivr/v1/survey?format=JSON", "text/xml", "json"),
        ("/ivr/v1/survey?x=1", "text/xml", "xml"),
        ("/ivr/v1/survey?x=1", "application/json", "json"),
        ("/ivr/v1/survey?x=1", "applcation/json", "json"),
        ("/ivr/v1/survey?x=1", "aplication/xlm, txt/xml", "xml"),
        ("/ivr/v1/survey?x=1", "image/png", "json"),
        ("/ivr/v1/survey?x=1", ";;;", "json"),
        ("/ivr/v1/survey?format=pdf", "", "json"),
    ] {
        let separator = if path.contains('?') { '&' } else { '?' };
        let reply =
            send(&server, Method::GET, &format!("{path}{separator}dn={DN}"), &[("accept", accept)], "");
        assert_eq!(
            (reply.status, reply.word("result").as_str()),
            (200, "QUESTION"),
            "{path} {accept}: {reply:?}"
        );
        assert!(
            reply.header("content-type").starts_with(&format!("application/{expected}")),
            "{path} {accept}: {reply:?}"
        );
        assert_eq!(reply.body.starts_with("<?xml"), expected == "xml", "{path} {accept}: {reply:?}");
    }
}

#[test]
fn a_wrong_content_type_does_not_matter() {
    let site = Site::new();
    let server = site.serve(&[]);
    let json = json!({"dn": DN}).to_string();
    let xml = format!("<a><dn>{DN}</dn></a>");
    let form = format!("dn={DN}");
    for (body, content_type) in [
        (&json, "application/x-www-form-urlencoded"),
        (&json, "text/xml"),
        (&json, "aplication/jsn"),
        (&xml, "application/json"),
        (&xml, "text/plain; charset=latin1"),
        (&form, "application/json"),
        (&form, "application/octet-stream"),
        (&form, ""),
    ] {
        let reply =
            send(&server, Method::POST, "/ivr/v1/survey.json", &[("content-type", content_type)], body);
        assert_eq!(reply.word("question_id"), "csat", "{content_type} {body}: {reply:?}");
    }
}

#[test]
fn parameters_are_known_by_their_other_names() {
    let site = Site::new();
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    for (column, value, names) in [
        ("dn", DN, &["dn", "DN", "dnis", "dialedNumber", "dialled_number"][..]),
        ("customer", "34600", &["ani", "ANI", "customer", "callerNumber", "calling-number"]),
        ("call_id", "c9", &["call_id", "callId", "CallID", "contact_id", "contactId"]),
        ("agent_id", "a9", &["agent_id", "agentId", "agent"]),
        ("agent_name", "Ana", &["agent_name", "agentName"]),
        ("team", "T", &["team", "teamName"]),
        ("queue", "Q", &["queue", "csq", "queueName", "skillGroup"]),
    ] {
        for name in names {
            let mut fields = vec![(*name, value)];
            fields.extend((column != "dn").then_some(("dn", DN)));
            let reply = server.post("/ivr/v1/survey", &fields);
            let kept = stored.offer(&reply.word("response_id"), column);
            assert_eq!(kept.as_deref(), Some(value), "{name}: {reply:?}");
        }
    }
    for [response, question, value] in [
        ["response_id", "question_id", "value"],
        ["responseId", "questionId", "digits"],
        ["response", "question", "answer"],
    ] {
        let id = server.offer(response);
        let reply = server.post("/ivr/v1/answer", &[(response, &id), (question, "csat"), (value, "5")]);
        assert_eq!(reply.word("question_id"), "solved", "{reply:?}");
    }
    for name in ["lang", "language", "locale"] {
        let reply = server.post("/ivr/v1/survey", &[("dn", DN), (name, "es")]);
        assert_eq!(reply.word("language"), "es", "{name}");
    }
}

#[test]
fn the_first_reply_has_all_questions_as_flat_fields_too() {
    let site = Site::new();
    let server = site.serve(&[]);
    for suffix in ["json", "xml"] {
        let reply = server.get(&format!("/ivr/v1/survey.{suffix}?dn={DN}"));
        for (name, value) in [
            ("question_count", "4"),
            ("question_id", "csat"),
            ("q1_question_id", "csat"),
            ("q1_type", "rating"),
            ("q1_keys", "12345"),
            ("q1_max_digits", "1"),
            ("q2_question_id", "reason"),
            ("q2_required", "false"),
            ("q2_keys", "123"),
            ("q3_question_id", "solved"),
            ("q3_text", "Was your problem solved in this call? Press 1 for yes, 2 for no."),
            ("q4_question_id", "recommend"),
            ("q4_type", "nps"),
            ("q4_min", "0"),
            ("q4_max", "10"),
            ("q4_max_digits", "2"),
            ("q4_terminator", "#"),
        ] {
            assert_eq!(reply.word(name), value, "{name} in {reply:?}");
        }
    }
    let reply = server.get(&format!("/ivr/v1/survey?dn={DN}")).json();
    let labels: Vec<_> = reply["questions"][1]["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["digit"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["1", "2", "3"]);
}

#[test]
fn every_language_arrives_whole_and_an_unknown_one_becomes_the_first() {
    let site = Site::new();
    let server = site.serve(&[]);
    let thanks_in_arabic = "شكرًا لك. إجاباتك تساعدنا على التحسن. مع السلامة.";
    for (wished, language, thanks) in [
        ("", "en", "Thank you. Your answers help us do better. Goodbye."),
        ("en-GB", "en", "Thank you. Your answers help us do better. Goodbye."),
        ("es", "es", "Gracias. Sus respuestas nos ayudan a mejorar. Adiós."),
        ("ES-mx", "es", "Gracias. Sus respuestas nos ayudan a mejorar. Adiós."),
        ("ar-EG", "ar", thanks_in_arabic),
        ("tlh", "en", "Thank you. Your answers help us do better. Goodbye."),
    ] {
        for suffix in ["json", "xml"] {
            let reply = server.post(&format!("/ivr/v1/survey.{suffix}"), &[("dn", DN), ("lang", wished)]);
            assert_eq!(
                (reply.word("language").as_str(), reply.word("thanks").as_str()),
                (language, thanks),
                "{wished}"
            );
        }
    }
}
