//! The chores of a running node: what each works with.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::failure::Failure;
use super::node::{World, prompt_limits};
use super::{mail, portal, report_folder, sms};
use crate::actors::janitor::{JanitorParts, JanitorSettings};
use crate::actors::lease_keeper::Leases;
use crate::actors::prompt_folder::{PromptFolderParts, PromptFolderSettings};
use crate::actors::report_mailer::{MailerParts, MailerSettings};
use crate::actors::sms_sender::SmsInbox;
use crate::actors::tree::ChoresParts;
use crate::config::Config;
use crate::domain::lease::LeaseRole;
use crate::foundation::Backoff;

/// The longest wait between two tries of a mail.
const MAIL_WAITS: Duration = Duration::from_hours(1);

/// All of them. `people`: where this node serves the portal, if it does.
pub(super) fn all(
    world: &World,
    config: &Config,
    leases: &Arc<Leases>,
    inbox: &Arc<SmsInbox>,
    people: Option<SocketAddr>,
) -> Result<ChoresParts, Failure> {
    Ok(ChoresParts {
        leases: Arc::clone(leases),
        report_writer: report_folder::writer(world, config, Arc::clone(leases)),
        janitor: janitor(world, config, Arc::clone(leases)),
        sms_sender: sms::sender(world, config, Arc::clone(leases), inbox, people),
        report_mailer: report_mailer(world, config, Arc::clone(leases), people)?,
        prompt_folder: prompt_folder(world, config),
    })
}

/// The janitor.
fn janitor(world: &World, config: &Config, leases: Arc<Leases>) -> JanitorParts {
    JanitorParts {
        responses: world.storage.clone(),
        recordings: world.storage.clone(),
        prompts: world.storage.clone(),
        catalog: world.storage.clone(),
        accounts: world.storage.clone(),
        links: world.storage.clone(),
        outbox: world.storage.clone(),
        rollups: world.storage.clone(),
        nodes: world.storage.clone(),
        lease: Arc::new(move || leases.fence(LeaseRole::Janitor)),
        clock: Arc::clone(&world.clock),
        settings: JanitorSettings {
            every: config.janitor.every,
            idle: config.survey.idle,
            batch: config.janitor.batch,
            keep_fruitless_offers: config.janitor.keep_fruitless_offers,
            keep_replaced_prompts: config.prompts.keep_replaced,
            zone: config.site.time_zone,
        },
    }
}

/// The folder of prompts, where there is one.
fn prompt_folder(world: &World, config: &Config) -> Option<PromptFolderParts> {
    let folder = config.prompts.folder.clone()?;
    Some(PromptFolderParts {
        prompts: world.storage.clone(),
        catalog: world.storage.clone(),
        clock: Arc::clone(&world.clock),
        chance: Arc::clone(&world.chance),
        settings: PromptFolderSettings {
            folder,
            every: config.prompts.folder_scan,
            limits: prompt_limits(config),
        },
    })
}

/// The mailer of reports, where there is a mail server. `people`: where this node serves the portal, if it does.
fn report_mailer(
    world: &World,
    config: &Config,
    leases: Arc<Leases>,
    people: Option<SocketAddr>,
) -> Result<Option<MailerParts>, Failure> {
    let Some(settings) = &config.mail else { return Ok(None) };
    Ok(Some(MailerParts {
        mails: world.storage.clone(),
        accounts: world.storage.clone(),
        catalog: world.storage.clone(),
        reports: world.storage.clone(),
        lease: Arc::new(move || leases.fence(LeaseRole::Janitor)),
        server: mail::server(settings)?,
        clock: Arc::clone(&world.clock),
        chance: Arc::clone(&world.chance),
        settings: MailerSettings {
            every: settings.every,
            backoff: Backoff { min: settings.retry, max: MAIL_WAITS },
            zone: config.site.time_zone,
            min_answers: config.portal.min_answers,
            portal: portal::url(config, people.unwrap_or(config.portal.listen)),
        },
    }))
}
