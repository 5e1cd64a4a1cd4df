//! For comparison: an endpoint of the same server that takes JSON and gives JSON, and does nothing else. It runs in a
//! process of its own, as the program does.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::web::{Json, JsonConfig, post, resource};
use actix_web::{App, HttpResponse, HttpServer};
use serde::{Deserialize, Serialize};

use crate::Outcome;

/// Its path.
pub(crate) const PATH: &str = "/bare";

#[derive(Deserialize)]
struct Ask {
    response_id: String,
    question_id: String,
    value: String,
}

/// As many members as a reply to an answer has.
#[derive(Serialize)]
struct Reply {
    result: &'static str,
    response_id: String,
    state: &'static str,
    stored: &'static str,
    question_id: String,
    question_no: u16,
    r#type: &'static str,
    text: &'static str,
    required: bool,
    keys: String,
    max_digits: u8,
    terminator: &'static str,
    no_input_ms: u32,
    retries: u8,
}

/// Serves until the process is killed, with the program's own workers and limits.
pub(crate) fn serve(listen: SocketAddr, workers: usize) -> Outcome<()> {
    let server = HttpServer::new(|| {
        App::new()
            .app_data(JsonConfig::default().limit(64 * 1024))
            .service(resource(PATH).route(post().to(answer)))
    });
    let server = server
        .workers(workers)
        .max_connections(5_000)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(5))
        .bind(listen)?
        .run();
    Ok(actix_rt::System::new().block_on(server)?)
}

async fn answer(Json(ask): Json<Ask>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(Reply {
        result: "QUESTION",
        response_id: ask.response_id,
        state: "in_progress",
        stored: "new",
        question_id: ask.question_id,
        question_no: 1,
        r#type: "rating",
        text: "Question 1 of 50: how satisfied were you with this part of the call?",
        required: true,
        keys: ask.value,
        max_digits: 1,
        terminator: "",
        no_input_ms: 5_000,
        retries: 2,
    })
}
