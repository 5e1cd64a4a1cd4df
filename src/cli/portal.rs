//! The portal of a node: its listener, how people reach it, and the link for the first of them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::failure::Failure;
use super::node::{World, bind};
use super::report_folder;
use super::single_sign_on::single_sign_on;
use super::sms;
use crate::actors::listener::{ListenerParts, ServerSlot};
use crate::audit::{Actor, Deed, audit_row};
use crate::config::Config;
use crate::domain::account::{AuditAction, Role, UserName};
use crate::foundation::{Clock, SystemChance, SystemClock};
use crate::http::portal::people;
use crate::http::portal::{Portal, PortalParts, PortalSettings, people_pages};
use crate::http::{Api, ServerSettings, load_tls, make_server};
use crate::links::Links;
use crate::storage::{Storage, StorageError, StorageErrorKind};

/// Threads that serve people.
const WORKERS: usize = 2;
/// Connections of people open at once. A browser opens up to six.
const CONNECTIONS: usize = 2000;

/// How often it is seen whether there is somebody who can sign in, until the database has said.
const ASKED_EVERY: Duration = Duration::from_secs(1);

/// A listener for the portal, not serving yet.
pub(super) struct OpenPortal {
    /// What its child works with.
    pub(super) listener: ListenerParts,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// Who comes in first.
    pub(super) first_admin: Arc<FirstAdmin>,
}

/// Takes the portal's address; `None` where this node serves none.
pub(super) fn open(
    config: &Config,
    storage: &Arc<dyn Storage>,
    api: &Data<Api>,
    machines: &ServerSettings,
) -> Result<Option<OpenPortal>, Failure> {
    let from = &config.portal;
    if !from.enabled {
        return Ok(None);
    }
    let tls = from.tls.as_ref().map(load_tls).transpose();
    let tls = tls.map_err(|error| Failure::because("cannot serve the portal over TLS", &error))?;
    let socket = bind(from.listen, "portal.listen")?;
    let address = socket.local_addr();
    let address = address.map_err(|e| Failure::because("cannot tell the portal's address", &e))?;
    let portal = Portal::new(PortalParts {
        accounts: storage.clone(),
        archive: storage.clone(),
        responses: storage.clone(),
        invites: storage.clone(),
        outbox: storage.clone(),
        nodes: storage.clone(),
        leases: storage.clone(),
        catalog: storage.clone(),
        keys: storage.clone(),
        reports: storage.clone(),
        single_sign_on: single_sign_on(config, &api.clock)?,
        report_folder: report_folder::folder(config),
        report_mails: storage.clone(),
        links: storage.clone(),
        api: api.clone(),
        clock: Arc::clone(&api.clock),
        chance: Arc::clone(&api.chance),
        leaving: machines.leaving.clone(),
        settings: PortalSettings {
            node: config.node.name.clone(),
            secure: from.is_secure(),
            url: url(config, address),
            session_idle: from.session_idle,
            session_longest: from.session_longest,
            link_works: from.link_works,
            proxies: from.proxies.clone(),
            zone: config.site.time_zone,
            min_answers: from.min_answers,
            widget_origins: from.widget_origins.clone(),
            sms_routes: config.sms.routes.iter().map(|route| route.route.name.clone()).collect(),
            region: sms::region(config),
            sends_mail: config.mail.is_some(),
            shown: config.shown.clone(),
            patience: config.ivr_api.deadline,
        },
    });
    let pages = people_pages(Data::new(portal));
    let first_admin = Arc::new(FirstAdmin {
        store: Arc::clone(storage),
        url: url(config, address),
        link_works: from.link_works,
        was_looked_at: AtomicBool::new(false),
        is_settled: AtomicBool::new(false),
    });
    let announced = Arc::clone(&first_admin);
    let settings = ServerSettings {
        name: "portal",
        workers: WORKERS,
        max_connections: CONNECTIONS,
        tls,
        ..machines.clone()
    };
    let listener = ListenerParts {
        name: "portal",
        socket: Arc::new(socket),
        make_server: Arc::new(move |socket| make_server(&pages, socket, &settings)),
        server: ServerSlot::default(),
        refresh: Some((Arc::new(move || announce(&announced)), ASKED_EVERY)),
    };
    Ok(Some(OpenPortal { listener, address, first_admin }))
}

fn announce(first_admin: &Arc<FirstAdmin>) -> LocalBoxFuture<'static, ()> {
    let first_admin = Arc::clone(first_admin);
    async move { first_admin.announce().await }.boxed_local()
}

/// How people reach the portal that listens at `address`: by `portal.public_url`, else the virtual IP, else this machine.
pub(super) fn url(config: &Config, address: SocketAddr) -> String {
    let from = &config.portal;
    if let Some(url) = &from.public_url {
        return url.clone();
    }
    let vip = config.vip.as_ref().and_then(|vip| vip.addresses.first()).map(|net| literal(net.addr()));
    let host = match address.ip() {
        _ if vip.is_some() => vip.unwrap_or_default(),
        ip if ip.is_unspecified() => {
            sysinfo::System::host_name().unwrap_or_else(|_| config.node.name.clone())
        }
        ip => literal(ip),
    };
    let scheme = if from.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{host}:{}", address.port())
}

/// How customers reach their page, where a portal of this site listens at `address`; `None` where no node serves one.
pub(super) fn customer_url(config: &Config, address: Option<SocketAddr>) -> Option<String> {
    let own = config.portal.customer_url.clone().or_else(|| config.portal.public_url.clone());
    own.or_else(|| address.map(|address| url(config, address)))
}

/// What makes links to the customers' page; `None` where no node serves one.
pub(super) fn links(config: &Config, world: &World, address: Option<SocketAddr>) -> Option<Links> {
    let url = customer_url(config, address)?;
    Some(Links::new(world.storage.clone(), Arc::clone(&world.clock), Arc::clone(&world.chance), url))
}

/// An address as it stands in a URL.
fn literal(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

/// The first administrator, added where nobody is known yet. There is no password to begin with that everybody knows: a
/// link says by which a password is set. It is tried until the database has been asked.
pub(super) struct FirstAdmin {
    store: Arc<dyn Storage>,
    url: String,
    link_works: Duration,
    /// Whether it was looked at before. The first look passes: who shows the link by other means has asked until the next.
    was_looked_at: AtomicBool,
    is_settled: AtomicBool,
}

impl FirstAdmin {
    /// Says by which link the first administrator comes in, where there is nobody yet.
    async fn announce(&self) {
        let is_first = !self.was_looked_at.swap(true, Ordering::AcqRel);
        if is_first || self.is_settled.load(Ordering::Acquire) {
            return;
        }
        match self.invite().await {
            Ok(Some(link)) => {
                let hours = self.link_works.as_secs() / 3600;
                tracing::warn!(
                    link,
                    "nobody can sign in to the portal yet: open this link within {hours} h to set a password for the user admin; it works \
                     once, and `aftercall user reset admin` makes another"
                );
            }
            Ok(None) => {}
            // The database's keeper says so too.
            Err(error) => {
                tracing::debug!(error = %error, "cannot see whether somebody can sign in to the portal");
            }
        }
    }

    /// A link for the first administrator; `None` when there are users.
    pub(super) async fn invite(&self) -> Result<Option<String>, StorageError> {
        if !self.store.accounts().await?.is_empty() {
            self.is_settled.store(true, Ordering::Release);
            return Ok(None);
        }
        let (now, chance) = (SystemClock::new().now(), SystemChance);
        let account = people::account(UserName::first(), "", Role::Admin, now, &chance);
        let (link, token) = people::link(account.id, self.link_works, now, &chance);
        let deed = Deed::plain(AuditAction::UserAdded, account.name.as_str());
        let audit = audit_row(&Actor::server(), deed, now, &chance);
        let added = self.store.add_account(account, Some(link), audit).await;
        self.is_settled.store(true, Ordering::Release);
        match added {
            Ok(()) => Ok(Some(people::link_url(&self.url, &token))),
            // Another node that started at the same time said it.
            Err(error) if error.kind == StorageErrorKind::Duplicate => Ok(None),
            Err(error) => {
                self.is_settled.store(false, Ordering::Release);
                Err(error)
            }
        }
    }
}
