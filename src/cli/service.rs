//! `aftercall service`: adds and lists services.

use std::process::ExitCode;

use super::args_survey::{ServiceCommand, ServiceKind};
use super::engine::{block_on, open_storage};
use super::failure::{Failure, Outcome};
use super::output::say;
use super::table::{print, table};
use serde_json::json;

use crate::audit::{Actor, Deed, audit_row};
use crate::config::Config;
use crate::domain::account::AuditAction;
use crate::domain::contact::{Name, Number, Service, ServiceChannel};
use crate::foundation::{BoundedText, Clock, ServiceId, SystemChance, SystemClock};
use crate::storage::{Storage, StorageErrorKind};

/// Adds or lists.
pub(super) fn run(command: ServiceCommand, config: &Config) -> Outcome {
    match command {
        ServiceCommand::Add { name, channel, dn } => {
            let service = parse(&name, channel, dn.as_deref())?;
            add(&*open_storage(config)?, service)
        }
        ServiceCommand::List => list(&*open_storage(config)?),
    }
}

fn parse(name: &str, channel: ServiceKind, dn: Option<&str>) -> Result<Service, Failure> {
    let name: Name = required("the name", name)?;
    let dn: Option<Number> = dn.map(|dn| required("--dn", dn)).transpose()?;
    let channel = match channel {
        ServiceKind::Voice => ServiceChannel::Voice,
        ServiceKind::Chat => ServiceChannel::Chat,
    };
    match (channel, &dn) {
        (ServiceChannel::Voice, None) => {
            Err(Failure::usage("a voice service is found by its dialled number: add --dn NUMBER"))
        }
        (ServiceChannel::Chat, Some(_)) => {
            Err(Failure::usage("a chat service is found by its name: leave --dn out"))
        }
        _ => Ok(Service {
            id: ServiceId::new(SystemClock::new().now(), &SystemChance),
            name: name.as_str().to_owned(),
            channel,
            dn: dn.map(|dn| dn.as_str().to_owned()),
        }),
    }
}

/// Text from the command line that must be there.
pub(super) fn required<const MAX: usize>(what: &str, text: &str) -> Result<BoundedText<MAX>, Failure> {
    match BoundedText::parse(text) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(Failure::usage(format!("{what} is empty"))),
        Err(error) => Err(Failure::usage(format!("{what} {error}"))),
    }
}

fn add(storage: &dyn Storage, service: Service) -> Outcome {
    let name = service.name.clone();
    let deed =
        Deed::new(AuditAction::ServiceAdded, &name, json!({"channel": service.channel, "dn": service.dn}));
    let audit = audit_row(&Actor::at_command_line(), deed, SystemClock::new().now(), &SystemChance);
    match block_on(storage.add_service(service, Some(audit)))? {
        Ok(()) => {
            say!("service {name} added; ask its callers with: aftercall survey activate SURVEY {name:?}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.kind == StorageErrorKind::Duplicate => Err(Failure::new(format!(
            "cannot add service {name}: its name or its number is taken; `aftercall service list` shows all"
        ))),
        Err(error) => Err(error.into()),
    }
}

fn list(storage: &dyn Storage) -> Outcome {
    let rows = block_on(storage.catalog())??;
    let surveys = block_on(storage.surveys())??;
    let mut out = table(&["service", "channel", "dn", "active survey", "state"]);
    for row in rows {
        let survey = row.active.as_ref().map(|version| {
            let key = surveys.iter().find(|survey| survey.survey == version.survey).map(|survey| &survey.key);
            format!("{} version {}", key.map_or("?", String::as_str), version.number)
        });
        let state = match (&survey, row.paused) {
            (None, _) => "-",
            (Some(_), true) => "paused",
            (Some(_), false) => "active",
        };
        let dn = row.service.dn.unwrap_or_else(|| "-".to_owned());
        let survey = survey.unwrap_or_else(|| "-".to_owned());
        out.add_row([row.service.name.as_str(), row.service.channel.as_str(), &dn, &survey, state]);
    }
    print(&out);
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_service_needs_a_number_and_a_chat_service_has_none() {
        assert_eq!(parse(" Billing ", ServiceKind::Voice, Some("3010")).unwrap().name, "Billing");
        assert!(parse("Billing", ServiceKind::Voice, None).unwrap_err().to_string().contains("--dn"));
        assert!(parse("Shop", ServiceKind::Chat, Some("1")).unwrap_err().to_string().contains("--dn"));
        assert!(parse("  ", ServiceKind::Chat, None).unwrap_err().to_string().contains("empty"));
    }
}
