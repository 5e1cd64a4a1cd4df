//! Surveys in a chat as the chat's engine asks for them, on the real server.

use reqwest::Method;
use serde_json::{Value, json};

use super::files::top;
use super::support::http::{Reply, read};
use super::support::person::Person;
use super::support::store::Stored;
use super::support::{Server, Site, block_on};

/// A site whose chats on `Website` are asked the demo's survey of every kind of question, with a key of the scope chat.
fn site() -> Site {
    let mut site = Site::empty();
    let secret = site.run(&["apikey", "create", "chats", "--scope", "chat"]);
    secret.trim().clone_into(&mut site.key);
    let survey = top().join("static/demo/website.json");
    site.run(&["survey", "import", survey.to_str().unwrap(), "--publish"]);
    site.run(&["service", "add", "Website", "--channel", "chat"]);
    site.run(&["survey", "activate", "website", "Website"]);
    site
}

fn ask(server: &Server, method: Method, path: &str, body: &Value) -> Reply {
    let request = server.http().fresh().request(method, path);
    block_on(read(request.header("content-type", "application/json").body(body.to_string()))).unwrap()
}

fn open(server: &Server, body: &Value) -> Value {
    let reply = ask(server, Method::POST, "/chat/v1/responses", body);
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{reply:?}");
    reply.json()
}

fn give(server: &Server, response: &str, question: &str, value: &Value) -> Reply {
    let body = json!({"question_id": question, "value": value});
    ask(server, Method::POST, &format!("/chat/v1/responses/{response}/answers"), &body)
}

fn id(told: &Value) -> String {
    told["response_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_conversation_is_asked_to_its_end_and_its_engine_reads_the_result() {
    let site = site();
    let server = site.serve(&[]);
    let about = json!({
        "service": "website", "conversationId": "c-1", "lang": "es", "agent_id": "2001", "queue": "Chats",
    });
    let told = open(&server, &about);
    assert_eq!(
        (&told["offered"], &told["state"], &told["direction"]),
        (&json!(true), &json!("offered"), &json!("ltr"))
    );
    assert_eq!((&told["language"], &told["survey"]), (&json!("es"), &json!("website")), "{told}");
    let all = told["questions"].as_array().unwrap();
    assert_eq!(told["question"], all[0], "the first one is to be asked");
    let page = format!("/s/{}", told["token"].as_str().unwrap());
    assert!(told["url"].as_str().unwrap().ends_with(&page));
    assert_eq!(Person::at(&server.portal()).get(&page).status, 200);

    let response = id(&told);
    let again = open(&server, &about);
    assert_eq!(id(&again), response, "the same conversation goes on with the same response");
    let mut question = told["question"].clone();
    let mut answered = 0;
    let last = loop {
        let value = match question["type"].as_str().unwrap() {
            "free_text" => json!("Todo bien"),
            "choice" => question["choices"][0]["value"].clone(),
            "yes_no" => json!("no"),
            _ => question["min"].clone(),
        };
        let key = question["question_id"].as_str().unwrap().to_owned();
        let reply = give(&server, &response, &key, &value);
        assert_eq!(reply.status, 200, "{key}: {reply:?}");
        let repeat = give(&server, &response, &key, &value).json();
        assert_eq!(repeat["stored"], "repeat");
        answered += 1;
        let turn = reply.json();
        assert_eq!(turn["stored"], "new");
        if turn["done"] == json!(true) {
            break turn;
        }
        question = turn["question"].clone();
    };
    assert_eq!(last["state"], "complete");
    assert!(last["thanks"].is_string() && last["question"].is_null(), "{last}");

    let by_id = ask(&server, Method::GET, &format!("/chat/v1/responses/{response}"), &Value::Null).json();
    let by_conversation =
        ask(&server, Method::GET, "/chat/v1/conversations/c-1?service=WEBSITE", &Value::Null).json();
    assert_eq!(by_id, by_conversation);
    assert_eq!(by_id["state"], "complete");
    assert_eq!(by_id["answers"].as_array().unwrap().len(), answered);
    assert_eq!(by_id["score"]["value"], by_id["score"]["min"], "{by_id}");
    let words = by_id["answers"].as_array().unwrap().iter().find(|each| each["type"] == "free_text").unwrap();
    assert_eq!(words["label"], "Todo bien");
    let stored = Stored::open(&site.database());
    assert_eq!(stored.count("SELECT COUNT(*) FROM response WHERE channel = 'chat'"), 1);
    assert!(!server.log().contains("Todo bien"));
}

#[test]
fn what_customers_write_in_a_chat_is_read_as_an_answer_or_asked_again() {
    let site = site();
    let server = site.serve(&[]);
    let told = open(&server, &json!({"service": "Website", "conversation_id": "c-1"}));
    let (response, first) = (id(&told), told["question"]["question_id"].as_str().unwrap().to_owned());
    let refused = give(&server, &response, &first, &json!("quite a lot"));
    assert_eq!((refused.status, refused.word("code").as_str()), (422, "invalid_value"), "{refused:?}");
    let taken = give(&server, &response, &first, &json!("4, thanks"));
    assert_eq!((taken.status, &taken.json()["stored"]), (200, &json!("new")));
    let corrected = give(&server, &response, &first, &json!(5)).json();
    assert_eq!(corrected["stored"], "correction");
    let result = ask(&server, Method::GET, &format!("/chat/v1/responses/{response}"), &Value::Null).json();
    assert_eq!((&result["answers"][0]["value"], &result["state"]), (&json!(5), &json!("in_progress")));
    let end = ask(&server, Method::POST, &format!("/chat/v1/responses/{response}/complete"), &json!({}));
    assert_eq!((end.status, &end.json()["state"]), (200, &json!("partial")));
    let other = open(&server, &json!({"service": "Website", "conversation_id": "c-2"}));
    let declined = json!({"status": "declined"});
    let path = format!("/chat/v1/responses/{}/complete", id(&other));
    assert_eq!(ask(&server, Method::POST, &path, &declined).json()["state"], "declined");
}

#[test]
fn another_node_goes_on_with_a_conversation_at_any_question() {
    let site = site();
    let (here, there) = (site.serve(&[]), site.beside().serve(&[]));
    let told = open(&here, &json!({"service": "Website", "conversation_id": "c-1"}));
    let (response, first) = (id(&told), told["question"]["question_id"].as_str().unwrap().to_owned());
    let turn = give(&there, &response, &first, &json!(5)).json();
    assert_eq!(turn["stored"], "new", "{turn}");
    let again = open(&here, &json!({"service": "Website", "conversation_id": "c-1"}));
    assert_eq!((id(&again), &again["question"]), (response.clone(), &turn["question"]));
    assert_eq!(give(&here, &response, &first, &json!(5)).json()["stored"], "repeat");
}

#[test]
fn calls_are_not_there_for_a_chat_and_what_is_wrong_is_said() {
    let mut site = site();
    let chats = site.key.clone();
    let calls = site.run(&["apikey", "create", "calls", "--scope", "ivr"]).trim().to_owned();
    let reads = site.run(&["apikey", "create", "reports", "--scope", "read"]).trim().to_owned();
    site.run(&["service", "add", "Support", "--dn", "5001"]);
    site.publish(&json!({
        "format": "aftercall.survey/1", "key": "calls", "name": "Calls", "languages": ["en"], "voice": "tts",
        "questions": [{"key": "first", "type": "rating", "scale": "1-5", "text": {"en": "first"}}],
    }));
    site.run(&["survey", "activate", "calls", "Support"]);
    calls.clone_into(&mut site.key);
    let server = site.serve(&[]);
    let call = server.post("/ivr/v1/survey", &[("dn", "5001"), ("call_id", "1")]).json();
    let told = ask(
        &server,
        Method::POST,
        "/chat/v1/responses",
        &json!({"service": "Website", "conversation_id": "1"}),
    );
    assert_eq!((told.status, told.word("code").as_str()), (403, "wrong_scope"));
    drop(server);

    site.key = reads;
    let server = site.serve(&[]);
    let result = ask(&server, Method::GET, "/chat/v1/conversations/none?service=Website", &Value::Null);
    assert_eq!((result.status, result.word("code").as_str()), (404, "unknown_conversation"), "{result:?}");
    drop(server);

    site.key = chats;
    let server = site.serve(&[]);
    let spoken = ask(&server, Method::GET, &format!("/chat/v1/responses/{}", id(&call)), &Value::Null);
    assert_eq!((spoken.status, spoken.word("code").as_str()), (404, "unknown_response"), "{spoken:?}");
    let none = open(&server, &json!({"service": "Nobody's", "conversation_id": "c"}));
    assert_eq!((&none["offered"], &none["response_id"]), (&json!(false), &Value::Null), "{none}");
    assert!(none["offer_id"].is_string() && none["message"].is_string());
    for (body, code) in [
        (json!({"service": "Website"}), "malformed"),
        (json!({"service": "Website", "conversation_id": " "}), "missing_parameter"),
        (json!({"service": "Website", "conversation_id": "1", "expires_hours": 0}), "bad_parameter"),
        (json!({"service": "Website", "conversation_id": "1", "surprise": 1}), "malformed"),
    ] {
        let reply = ask(&server, Method::POST, "/chat/v1/responses", &body);
        assert_eq!((reply.status, reply.word("code").as_str()), (400, code), "{body}: {reply:?}");
    }
    let told = open(&server, &json!({"service": "Website", "conversation_id": "1"}));
    let wrong = give(&server, &id(&told), "no-such-question", &json!(1));
    assert!((400..500).contains(&wrong.status), "{wrong:?}");
    let wrong = give(&server, &id(&told), "no-such-question", &json!([1]));
    assert_eq!((wrong.status, wrong.word("code").as_str()), (400, "bad_parameter"));
    let path = "/chat/v1/conversations/1";
    assert_eq!(ask(&server, Method::GET, path, &Value::Null).word("code"), "missing_parameter");
    assert_eq!(ask(&server, Method::PUT, "/chat/v1/responses", &json!({})).status, 405);
}

#[test]
fn the_guides_lines_for_a_shell_lead_from_the_end_of_a_conversation_to_its_result() {
    let site = site();
    let server = site.serve(&[]);
    let guide = std::fs::read_to_string(top().join("docs/chat.md")).unwrap();
    let lines: Vec<&str> = guide
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|block| block.starts_with("curl"))
        .collect();
    let mut response = String::new();
    let mut said = Vec::new();
    for block in &lines {
        let mut shell = std::process::Command::new("bash");
        shell
            .args(["-e", "-c", block])
            .env("KEY", &site.key)
            .env("URL", server.url())
            .env("RESPONSE", &response);
        let output = shell.output().unwrap();
        let told: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{block}: {output:?}"));
        if let Some(id) = told["response_id"].as_str() {
            id.clone_into(&mut response);
        }
        said.push(told);
    }
    let [opened, answered, ended, result] = &said[..] else { panic!("{said:?}") };
    assert_eq!((&opened["offered"], &opened["language"]), (&json!(true), &json!("es")), "{opened}");
    assert_eq!((&answered["stored"], &answered["done"]), (&json!("new"), &json!(false)), "{answered}");
    assert_eq!(ended["state"], "partial", "{ended}");
    assert_eq!((&result["state"], &result["score"]["value"]), (&json!("partial"), &json!(5)), "{result}");
}
