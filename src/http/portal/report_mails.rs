//! `/api/v1/report-mails`: reports that people have sent by mail.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PortalError;
use super::session::SignedIn;
use super::state::Portal;
use crate::audit::Deed;
use crate::domain::account::{AuditAction, Right};
use crate::domain::report_mail::{OWN_MOST, RECIPIENTS_MOST, Rhythm, Slot};
use crate::foundation::ReportMailId;
use crate::outbound::mail::is_address;
use crate::reports::Breakdown;
use crate::reports::sheet::Form;
use crate::storage::{AccountRow, ReportMail, ReportMailRow, SendingRow};

/// The files that can come with a mail.
const FILES: [Form; 2] = [Form::Csv, Form::Xlsx];
/// Characters of an address at most (RFC 5321).
const ADDRESS_LONGEST: usize = 254;

/// Reports by mail: one's own; for who looks after users all.
pub(super) async fn list(portal: Data<Portal>, person: SignedIn) -> Result<Json<Value>, PortalError> {
    person.must(Right::SendReports)?;
    let sees_all = person.account.role.may(Right::ManageUsers);
    let mails = seen_by(&portal, &person).await?;
    let accounts = if sees_all { portal.accounts.accounts().await? } else { vec![person.account.clone()] };
    let shown: Vec<Value> = mails.iter().map(|mail| show(&portal, mail, &accounts, &person)).collect();
    Ok(Json(json!({
        "mails": shown,
        "is_on": portal.settings.sends_mail,
        "time_zone": portal.settings.zone.name(),
        "recipients_most": RECIPIENTS_MOST,
    })))
}

async fn seen_by(portal: &Portal, person: &SignedIn) -> Result<Vec<ReportMail>, PortalError> {
    let owner = (!person.account.role.may(Right::ManageUsers)).then_some(person.account.id);
    Ok(portal.report_mails.report_mails(owner).await?)
}

fn show(portal: &Portal, mail: &ReportMail, accounts: &[AccountRow], person: &SignedIn) -> Value {
    let row = &mail.row;
    let owner = accounts.iter().find(|account| account.id == row.account);
    let next = Slot::next(row.rhythm, row.hour, portal.clock.now(), portal.settings.zone);
    let mut shown = told(row);
    if let Value::Object(shown) = &mut shown {
        shown.insert("id".into(), json!(row.id));
        shown.insert("owner".into(), json!(owner.map(|owner| owner.name.as_str())));
        shown.insert("is_own".into(), json!(row.account == person.account.id));
        shown.insert("next_at".into(), json!(next.due));
        shown.insert("last".into(), mail.last.as_ref().map_or(Value::Null, show_last));
    }
    shown
}

fn show_last(last: &SendingRow) -> Value {
    json!({
        "state": last.state.as_str(),
        "from": last.first,
        "until": last.last,
        "attempt": last.attempt,
        "at": last.claimed_at,
        "due_at": last.due_at,
        "next_at": last.next_at,
        "cause": last.cause,
    })
}

/// What is sent to whom, as the page and the audit log have it.
fn told(row: &ReportMailRow) -> Value {
    json!({
        "survey": row.survey,
        "by": row.breakdown,
        "rhythm": row.rhythm.as_str(),
        "hour": row.hour,
        "recipients": row.recipients,
        "file": row.attachment,
    })
}

/// A report by mail as somebody wants it.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    survey: Option<String>,
    by: String,
    rhythm: String,
    hour: u32,
    recipients: Vec<String>,
    file: String,
}

impl Wanted {
    async fn read(&self, portal: &Portal, person: &SignedIn) -> Result<ReportMailRow, PortalError> {
        let bad = |message: String| PortalError::bad("bad_parameter", message);
        let survey = self.survey.as_deref().map(str::trim).filter(|key| !key.is_empty());
        if let Some(key) = survey {
            let surveys = portal.catalog.surveys().await?;
            if !surveys.iter().any(|survey| survey.key == key) {
                return Err(bad(format!("survey: there is no {key}")));
            }
        }
        let by = Breakdown::parse(&self.by).ok_or_else(|| {
            let all = Breakdown::ALL.map(Breakdown::as_str).join(", ");
            bad(format!("by: one of {all}"))
        })?;
        let rhythm =
            Rhythm::parse(&self.rhythm).ok_or_else(|| bad("rhythm: day, week or month".to_owned()))?;
        if self.hour > 23 {
            return Err(bad("hour: 0 to 23".to_owned()));
        }
        let file = Form::parse(&self.file).filter(|form| FILES.contains(form));
        let file = file.ok_or_else(|| bad("file: csv or xlsx".to_owned()))?;
        let now = portal.clock.now();
        Ok(ReportMailRow {
            id: ReportMailId::new(now, &*portal.chance),
            account: person.account.id,
            survey: survey.map(str::to_owned),
            breakdown: by.as_str().to_owned(),
            rhythm,
            hour: self.hour,
            recipients: self.addresses()?,
            attachment: file.as_str().to_owned(),
            created_at: now,
            changed_at: now,
        })
    }

    /// The addresses, each once.
    fn addresses(&self) -> Result<Vec<String>, PortalError> {
        let mut addresses: Vec<String> = Vec::new();
        for text in self.recipients.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
            if text.chars().count() > ADDRESS_LONGEST || !is_address(text) {
                let message =
                    format!("`{text}` is no address; write it as name@example.com, one on each line");
                return Err(PortalError::bad("bad_address", message));
            }
            if !addresses.iter().any(|known| known.eq_ignore_ascii_case(text)) {
                addresses.push(text.to_owned());
            }
        }
        if !(1..=RECIPIENTS_MOST).contains(&addresses.len()) {
            let message = format!("a report goes to 1 to {RECIPIENTS_MOST} addresses");
            return Err(PortalError::bad("bad_address", message));
        }
        Ok(addresses)
    }
}

/// What the audit log calls the report of a survey, or of all.
fn subject(row: &ReportMailRow) -> &str {
    row.survey.as_deref().unwrap_or("*")
}

/// Adds one.
pub(super) async fn add(
    portal: Data<Portal>,
    person: SignedIn,
    body: Json<Wanted>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SendReports)?;
    if !portal.settings.sends_mail {
        let message =
            "this site has no mail server: an administrator of the machine sets mail.host and mail.from";
        return Err(PortalError::conflict("no_mail_server", message));
    }
    let row = body.read(&portal, &person).await?;
    if portal.report_mails.report_mails(Some(row.account)).await?.len() >= OWN_MOST {
        let message = format!("you have {OWN_MOST} reports sent already: remove one first");
        return Err(PortalError::conflict("too_many_reports", message));
    }
    let audit = portal.told(&person, Deed::new(AuditAction::ReportMailAdded, subject(&row), told(&row)));
    let id = row.id;
    portal.report_mails.add_report_mail(row, audit).await?;
    Ok(HttpResponse::Created().json(json!({"id": id})))
}

/// Changes one of one's own. What was due before is not sent any more.
pub(super) async fn change(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
    body: Json<Wanted>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SendReports)?;
    let before = found(&portal, &person, &id).await?;
    let row =
        ReportMailRow { id: before.id, created_at: before.created_at, ..body.read(&portal, &person).await? };
    let deed = Deed::change(AuditAction::ReportMailChanged, subject(&row), told(&before), told(&row));
    let audit = portal.told(&person, deed);
    if portal.report_mails.change_report_mail(row, audit).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(gone())
}

/// Removes one.
pub(super) async fn remove(
    portal: Data<Portal>,
    person: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, PortalError> {
    person.must(Right::SendReports)?;
    let before = found(&portal, &person, &id).await?;
    let deed =
        Deed { before: Some(told(&before)), ..Deed::plain(AuditAction::ReportMailRemoved, subject(&before)) };
    let audit = portal.told(&person, deed);
    if portal.report_mails.delete_report_mail(before.id, audit).await? {
        return Ok(HttpResponse::NoContent().finish());
    }
    Err(gone())
}

/// The one with this id, of those that the person sees.
async fn found(portal: &Portal, person: &SignedIn, id: &str) -> Result<ReportMailRow, PortalError> {
    let id: ReportMailId = id.parse().map_err(|_| gone())?;
    let seen = seen_by(portal, person).await?;
    seen.into_iter().map(|mail| mail.row).find(|row| row.id == id).ok_or_else(gone)
}

fn gone() -> PortalError {
    PortalError::nothing("this report by mail is not there any more")
}
