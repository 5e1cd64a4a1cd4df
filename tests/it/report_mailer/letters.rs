//! What is in the letters.

use std::io::{Cursor, Read};

use aftercall::domain::account::Role;
use aftercall::domain::report_mail::{Rhythm, SendingState};
use aftercall::storage::AccountChange;
use mail_parser::MimeHeaders;

use super::{House, at};
use crate::support::smtp::PostOffice;

/// Where the letters are kept, for people to look at.
fn keep(name: &str, html: &str) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), html).unwrap();
}

#[actix_rt::test]
async fn a_report_arrives_with_its_figures_its_file_and_its_links() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    house.busy().await;
    let id = house.wants(|_| {}).await;
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    let told = house.ends(id, SendingState::Sent).await;
    assert_eq!(
        (told.first.to_string(), told.last, told.due_at),
        ("2026-09-21".into(), told.first, at("2026-09-22T05:00:00Z"))
    );
    assert_eq!((told.attempt, told.cause.as_str()), (1, ""));
    let got = office.got();
    assert_eq!(got.len(), 1);
    let (letter, text, html) = (got[0].parsed(), got[0].text(), got[0].html());
    keep("english.html", &html);
    assert_eq!(letter.subject(), Some("Care & <comfort>: Sep 21, 2026"));
    assert_eq!(got[0].from, "surveys@example.com");
    assert_eq!(letter.message_id().unwrap(), format!("{id}.2026-09-21.2026-09-21@example.com"));
    assert_eq!(letter.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    for line in [
        "Beside Sep 20, 2026. Days begin at midnight in Europe/Madrid.",
        "Offered: 6; Before: 3",
        "Response rate: 100% (n = 6); Before: 100%",
        "q0 · satisfied: 67% (n = 6); Before: too few (n = 3)",
        "q1 · net promoter score: \u{2066}+100\u{2069} (n = 6); Before: too few (n = 3)",
        "Ann (1001): Offered 5, Response rate 100%, q0 (CSAT) 60% (n = 5), q1 (NPS) \u{2066}+100\u{2069} (n = 5)",
        "Ann (1002): Offered 1, Response rate 100%, q0 (CSAT) too few (n = 1), q1 (NPS) too few (n = 1)",
        "“too few”: fewer than 5 answers, of which no score is shown.",
        "https://surveys.example.com/reports?by=agent&from=2026-09-21&until=2026-09-21&survey=care",
        &format!("Change or stop it: https://surveys.example.com/reports?mail={id}"),
        "maria has this report sent every day at 07:00 (Europe/Madrid).",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    for part in [
        "<html lang=\"en\" dir=\"ltr\">",
        "Care &#38; &#60;comfort&#62;",
        "67%",
        "too few (n\u{a0}=\u{a0}3)",
        "href=\"https://surveys.example.com/reports?by=agent&#38;from=2026-09-21",
        "Europe/Madrid",
    ] {
        assert!(html.contains(part), "no `{part}` in\n{html}");
    }
    assert!(
        !html.contains("http://") && !html.contains("<img") && !html.contains("<script"),
        "loads nothing"
    );
    let file = letter.attachment(0).unwrap();
    assert_eq!(file.attachment_name(), Some("report-care-2026-09-21.csv"));
    let mut rows = csv::Reader::from_reader(file.contents());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let shown: Vec<String> =
        rows.iter().map(|row| format!("{} {} {} {}", &row[7], &row[14], &row[16], &row[17])).collect();
    assert_eq!(shown, ["1001 q0 60 5", "1001 q1 100 5", "1002 q0  1", "1002 q1  1"]);
}

#[actix_rt::test]
async fn a_letter_is_in_the_language_of_its_person_and_written_from_right_to_left_where_that_is() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    house.busy().await;
    house.becomes(AccountChange::Language(Some("ar".into()))).await;
    let id = house
        .wants(|row| {
            row.survey = None;
            row.rhythm = Rhythm::Week;
            row.breakdown = "weekday".into();
            row.attachment = "xlsx".into();
        })
        .await;
    house.node(office.settings()).await;
    house.comes("2026-09-28T05:00:00Z");
    house.ends(id, SendingState::Sent).await;
    let got = office.got();
    let (letter, html) = (got[0].parsed(), got[0].html());
    keep("arabic.html", &html);
    assert_eq!(letter.subject(), Some("كل الاستبيانات: من 21 سبتمبر 2026 إلى 27 سبتمبر 2026"));
    for part in ["<html lang=\"ar\" dir=\"rtl\">", "text-align:right", "الاثنين", "كل يوم اثنين الساعة 07:00"]
    {
        assert!(html.contains(part), "no `{part}` in\n{html}");
    }
    assert!(
        got[0]
            .text()
            .contains("https://surveys.example.com/reports?by=weekday&from=2026-09-21&until=2026-09-27\n")
    );
    let file = letter.attachment(0).unwrap();
    assert_eq!(file.attachment_name(), Some("report-surveys-2026-09-21.xlsx"));
    let mut book = zip::ZipArchive::new(Cursor::new(file.contents().to_vec())).unwrap();
    let mut sheet = String::new();
    book.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(sheet.contains("<row "), "{sheet}");
}

#[actix_rt::test]
async fn a_supervisor_has_the_own_teams_sent_and_whoever_is_one_no_more_what_that_role_sees() {
    let (mut house, office) = (House::build().await, PostOffice::open());
    house.busy().await;
    house.becomes(AccountChange::Role(Role::Supervisor)).await;
    house.becomes(AccountChange::Teams(vec!["South".into()])).await;
    let id = house.wants(|row| row.breakdown = "team".into()).await;
    house.node(office.settings()).await;
    house.comes("2026-09-22T05:00:00Z");
    house.ends(id, SendingState::Sent).await;
    let text = office.got()[0].text();
    assert!(text.contains("Only contacts of these teams: South"), "{text}");
    assert!(text.contains("Offered: 1;") && !text.contains("North"), "{text}");
    let file =
        String::from_utf8(office.got()[0].parsed().attachment(0).unwrap().contents().to_vec()).unwrap();
    assert!(file.contains("South") && !file.contains("North"), "{file}");
    house.becomes(AccountChange::Teams(Vec::new())).await;
    house.comes("2026-09-23T05:00:00Z");
    house.ends(id, SendingState::Sent).await;
    crate::support::until_then("the next", async || office.got().len() == 2).await;
    assert!(
        office.got()[1].text().contains("Nobody was asked in these days."),
        "of no team there is nothing"
    );
}
