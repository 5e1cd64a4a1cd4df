//! A site's database with rows of every kind, and what stands in one.

use std::collections::BTreeMap;
use std::path::Path;

use aftercall::storage::copy::TABLES;
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use crate::support::{SOON, Site};

/// Words that were lost on the way elsewhere.
const WORDS: [&str; 8] = [
    "plain",
    "",
    "الخدمة كانت ممتازة، شكراً",
    "👍🏽 'quoted' \"twice\" `and` [so] on",
    "two\nlines\r\nand\ta tab",
    "ends in blanks  ",
    "@P1 %20 \\u0041 ; DROP TABLE answer --",
    "Straße, ﷽, e\u{301}, \u{1F9D1}\u{200D}\u{1F4BB}",
];
const STATES: [&str; 6] = ["offered", "in_progress", "complete", "partial", "declined", "expired"];

/// All rows of all tables but the ones that stay behind.
pub type Rows = BTreeMap<String, Vec<Vec<Value>>>;

/// Opens a database beside the program.
pub fn open(database: &Path) -> Connection {
    let conn = Connection::open(database).unwrap();
    conn.busy_timeout(SOON).unwrap();
    conn
}

/// A furnished site with this many offers and what hangs on them.
pub fn filled(offers: u32) -> Site {
    filled_with(offers, 1_000)
}

/// The same with documents and audio of which a page does not hold all.
pub fn filled_heavily(offers: u32) -> Site {
    filled_with(offers, 400_000)
}

/// Documents of this many bytes, and audio of some such sizes.
fn filled_with(offers: u32, bytes: u32) -> Site {
    let site = Site::new();
    let mut conn = open(&site.database());
    let transaction = conn.transaction().unwrap();
    fill_catalog(&transaction, bytes);
    fill_people(&transaction);
    fill_calls(&transaction, offers);
    fill_invites(&transaction, offers);
    fill_audio(&transaction, offers, bytes);
    transaction.commit().unwrap();
    site
}

/// What stands in a database.
pub fn rows_of(database: &Path) -> Rows {
    let conn = open(database);
    let read = |table: &str| {
        let mut statement = conn.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect());
        rows.unwrap().map(Result::unwrap).collect()
    };
    TABLES.iter().map(|table| (table.name.to_owned(), read(table.name))).collect()
}

/// One number.
pub fn number(database: &Path, sql: &str) -> i64 {
    open(database).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// An id that sorts by its number.
fn id(kind: u8, no: u32) -> Vec<u8> {
    let mut id = vec![1, kind];
    id.extend([0xF0, 0x9F, 0xFF, 0x80, 0x7F, 0, 0, 0x27, 0x0A, 0x5C]);
    id.extend(no.to_be_bytes());
    id
}

/// An id that sorts like a hash.
fn scattered(no: u32) -> Vec<u8> {
    let mut id = no.wrapping_mul(2_654_435_761).to_be_bytes().to_vec();
    id.extend([0; 8]);
    id.extend(no.to_be_bytes());
    id
}

fn word(no: u32) -> &'static str {
    WORDS[no as usize % WORDS.len()]
}

fn fill_catalog(conn: &Connection, bytes: u32) {
    for no in 0..3 {
        let (name, dn) = (format!("{} {no}", word(no + 2)), (no > 0).then(|| format!("+{no}")));
        let values = params![id(1, no), name, name.to_lowercase(), "voice", dn];
        conn.execute("INSERT INTO service VALUES (?1, ?2, ?3, ?4, ?5)", values).unwrap();
        let values = params![id(2, no), format!("key-{no}"), word(no), word(no + 3), i64::from(no)];
        conn.execute("INSERT INTO survey VALUES (?1, ?2, ?3, ?4, ?5, 3, 'أميرة')", values).unwrap();
    }
    for no in 0..12 {
        let document = word(no).repeat(bytes as usize / word(no).len().max(1));
        let values = params![id(3, no), id(2, no % 3), no / 3 + 1, document, 1_790_000_000_000_i64];
        conn.execute("INSERT INTO version VALUES (?1, ?2, ?3, ?4, ?5)", values).unwrap();
    }
    for no in 0..2 {
        let values = params![id(1, no), id(2, no), no, i64::from(no)];
        conn.execute("INSERT INTO activation VALUES (?1, ?2, ?3, ?4)", values).unwrap();
    }
    for no in 0..4_u8 {
        let used = (no > 1).then_some(7_i64);
        let values = params![id(4, no.into()), "same", [no; 32], "ivr,read", -1_i64, used, i64::from(no)];
        conn.execute("INSERT INTO api_key VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", values).unwrap();
    }
}

/// Users, of whom every second one signs in by a provider.
fn fill_people(conn: &Connection) {
    for no in 0..4_u8 {
        let hash = (no > 0).then(|| word(no.into()));
        let values = params![id(7, no.into()), format!("user-{no}"), word(no.into()), "viewer", hash, 3_i64];
        let sql = "INSERT INTO account (id, name, display_name, role, password, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        conn.execute(sql, values).unwrap();
        if no % 2 == 0 {
            let values = params![id(7, no.into()), [no; 32], "https://id.example", word(no.into()), 4_i64];
            conn.execute("INSERT INTO account_identity VALUES (?1, ?2, ?3, ?4, ?5)", values).unwrap();
        }
    }
}

/// Calls of which two in three have a response, and these up to three answers.
fn fill_calls(conn: &Connection, offers: u32) {
    for no in 0..offers {
        // All facts, none, or some of them; an empty one is not none.
        let fact = |place: u32| match no % 4 {
            0 => None,
            1 => Some(word(no / 4 + place)),
            2 => Some("+31 20 1234567"),
            _ => (place.is_multiple_of(2)).then_some(""),
        };
        let service = (no % 4 > 0).then(|| id(1, no % 3));
        let values = params![
            id(5, no),
            i64::from(no),
            service,
            fact(0),
            fact(1),
            fact(2),
            fact(3),
            fact(4),
            fact(5),
            fact(6),
            "offered",
            word(no),
            "node-1",
        ];
        let sql = "INSERT INTO offer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        conn.prepare_cached(sql).unwrap().execute(values).unwrap();
        if no % 3 > 0 {
            fill_response(conn, no);
        }
    }
}

fn fill_response(conn: &Connection, no: u32) {
    let state = STATES[no as usize % STATES.len()];
    let seed = [i64::MIN, -1, 0, i64::MAX][no as usize % 4];
    let (started, ended) = ((no % 3 == 1).then_some(5_i64), (no % 6 > 1).then_some(6_i64));
    let write = (!no.is_multiple_of(5)).then(|| scattered(no));
    let values = params![
        id(5, no),
        id(2, no % 3),
        id(3, no % 3),
        id(1, no % 3),
        "voice",
        "ar",
        seed,
        state,
        i64::from(no),
        9_i64,
        started,
        ended,
        9_i64,
        write,
    ];
    let sql = "INSERT INTO response VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    conn.prepare_cached(sql).unwrap().execute(values).unwrap();
    if no.is_multiple_of(2) {
        let hash = [scattered(no), scattered(no + 1)].concat();
        let sql = "INSERT INTO response_link VALUES (?1, ?2, 5, ?3)";
        conn.prepare_cached(sql).unwrap().execute(params![hash, id(5, no), i64::from(no)]).unwrap();
    }
    for question in 0..no % 4 {
        let (kind, number, text) = match (no + question) % 5 {
            0 => ("number", Some(i64::from(no % 11) - 5), None),
            1 => ("choice", None, Some(word(no))),
            2 => ("text", None, Some(word(no + question))),
            3 => ("recording", None, Some(word(question))),
            _ => ("skipped", None, None),
        };
        let key = word(question + 2);
        let values = params![id(5, no), question, key, kind, number, text, 9_i64];
        let sql = "INSERT INTO answer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        conn.prepare_cached(sql).unwrap().execute(values).unwrap();
    }
}

/// Invites of every fifth offer, messages about responses and about nothing, and what came back of them.
fn fill_invites(conn: &Connection, offers: u32) {
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        conn.prepare_cached(sql).unwrap().execute(values).unwrap();
    };
    for no in (0..offers).step_by(5) {
        let (at, reference) = (i64::from(no), format!("{} {no}", word(no)));
        let number = (no % 2 == 0).then(|| format!("+{no}"));
        let (caused_by, ends) =
            ((no % 3 == 1).then(|| id(5, no / 3 * 3 + 1)), (no % 3 > 0).then_some(at + 7));
        let sql = "INSERT INTO invite VALUES (?1, ?2, ?3, 'hang_up', ?4, ?5, 'ar', ?6, ?6)";
        run(sql, &[&id(5, no), &at, &reference, &caused_by, &number, &ends]);
        let response = (no % 3 > 0).then(|| id(5, no));
        let (text, claim) = ((no % 2 == 1).then(|| word(no)), (no % 4 > 0).then(|| scattered(no)));
        let sql = "INSERT INTO outbox VALUES (?1, 'sms', ?2, 'invite', ?3, 'ar', ?4, ?5, 'accepted', ?6, ?6, ?7, 1, 0, 2, 3, ?8, ?9, ?9, ?5, ?10, 4)";
        let route = (no % 4 > 0).then_some("route-1");
        let values: [&dyn rusqlite::ToSql; 10] = [
            &scattered(no),
            &response,
            &number.unwrap_or_default(),
            &text,
            &route,
            &at,
            &i64::MAX,
            &claim,
            &ends,
            &word(no + 1),
        ];
        run(sql, &values);
        let sql = "INSERT INTO sms_part VALUES ('route-1', ?1, ?2, 1, 'delivered', 5)";
        run(sql, &[&format!("{no:x}"), &scattered(no)]);
        run("INSERT INTO sms_receipt VALUES ('route-1', ?1, 'accepted', ?2, 6)", &[&reference, &word(no)]);
        let sql = "INSERT INTO sms_inbound VALUES (?1, ?2, ?3, ?4, 7)";
        run(sql, &[&"route-1", &reference, &response, &response.as_ref().map(|_| word(no))]);
        run("INSERT INTO opt_out VALUES (?1, ?2, 'sms')", &[&format!("+{no}"), &at]);
    }
}

/// Prompts and recordings, of these more than a page has rows.
fn fill_audio(conn: &Connection, offers: u32, bytes: u32) {
    let audio = |no: u32, bytes: u32| {
        (0..bytes).map(|at| u8::try_from((at * 7 + no) % 256).unwrap()).collect::<Vec<u8>>()
    };
    for no in 0..4_u8 {
        let replaced = (no % 2 == 0).then_some(8_i64);
        let values = params![
            id(6, no.into()),
            format!("number.{no}"),
            "ar",
            word(no.into()),
            [no; 32],
            "WAV",
            1_i64,
            2_i64,
            replaced
        ];
        conn.execute("INSERT INTO prompt VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", values).unwrap();
        for (form, bytes) in [("ulaw", bytes), ("alaw", 0), ("pcm", bytes * 3)] {
            let values = params![id(6, no.into()), form, audio(no.into(), bytes)];
            conn.execute("INSERT INTO prompt_audio VALUES (?1, ?2, ?3)", values).unwrap();
        }
    }
    for no in 0..90_u32 {
        let response = no / 2 * 3 + 1;
        if response >= offers {
            break;
        }
        let has_audio = no % 3 > 0;
        let values = params![scattered(no), id(5, response), no % 2, id(2, 0), 3_i64, 4_i64, has_audio];
        conn.execute("INSERT INTO recording VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", values).unwrap();
        if has_audio {
            let values = params![scattered(no), audio(no, no * bytes / 200)];
            conn.execute("INSERT INTO recording_audio VALUES (?1, ?2)", values).unwrap();
        }
    }
}
