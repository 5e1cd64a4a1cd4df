//! Invites, the messages that carry them, who wants none, and the routes they go by.

mod invites;
mod list;
mod opt_outs;
mod outbox;
mod routes;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::error::PortalError;
use super::state::Portal;
use crate::domain::sms::PhoneNumber;
use crate::foundation::MessageId;

pub(super) use invites::invites;
pub(super) use list::{check, send};
pub(super) use opt_outs::{add, opt_outs, remove};
pub(super) use outbox::{again, messages, taken};
pub(super) use routes::{as_json as routes_json, routes, test};

/// Rows of a page.
const PAGE: u32 = 50;

/// A row of a list: its time and id.
type Place = (DateTime<Utc>, [u8; 16]);

/// What a list is asked for.
#[derive(Deserialize)]
pub(super) struct ListQuery {
    /// Only this number, however it is written.
    number: Option<String>,
    /// `dead`: what needs a person; `waiting`: what is still to be sent; nothing: all.
    which: Option<String>,
    /// Behind this one.
    before: Option<String>,
}

impl ListQuery {
    fn number(&self, portal: &Portal) -> Result<Option<String>, PortalError> {
        let given = self.number.as_deref().map(str::trim).filter(|text| !text.is_empty());
        given.map(|text| number(portal, text)).transpose()
    }

    /// The time and id of the row that the list goes on behind, as [`place`] wrote it.
    fn before(&self) -> Result<Option<Place>, PortalError> {
        let Some(text) = self.before.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
        let read = || {
            let (at, id) = text.split_once('.')?;
            let id: MessageId = id.parse().ok()?;
            Some((DateTime::from_timestamp_millis(at.parse().ok()?)?, *id.as_bytes()))
        };
        read()
            .map(Some)
            .ok_or_else(|| PortalError::bad("bad_place", "the list cannot go on from there: begin anew"))
    }
}

/// Where a list stands, for the address of its next page.
fn place(at: DateTime<Utc>, id: [u8; 16]) -> String {
    format!("{}.{}", at.timestamp_millis(), MessageId::from_bytes(id))
}

/// Keeps a page of rows that were asked for with one more than that; where that one came, what the next page is asked for by.
fn next_page<T>(rows: &mut Vec<T>, place: impl Fn(&T) -> String) -> Option<String> {
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    rows.last().filter(|_| more).map(place)
}

/// A number as somebody typed it.
fn number(portal: &Portal, text: &str) -> Result<String, PortalError> {
    let number = PhoneNumber::read(text, portal.settings.region);
    let number = number.map_err(|error| PortalError::bad("bad_number", format!("the number: {error}")))?;
    Ok(number.as_str().to_owned())
}
