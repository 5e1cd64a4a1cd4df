//! The cache of services and published versions, looked up anew when the database's stamp has risen.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::domain::contact::{Service, ServiceChannel};
use crate::domain::survey::SurveyGraph;
use crate::foundation::{ServiceId, SurveyId, VersionId};
use crate::storage::{CatalogRow, StorageError, StorageErrorKind, VersionRow};

use super::{Engine, EngineError};

/// A published version, ready to be asked.
#[derive(Debug)]
pub struct PublishedVersion {
    /// Its id.
    pub id: VersionId,
    /// The survey it belongs to.
    pub survey: SurveyId,
    /// Its number, from 1.
    pub number: u32,
    /// Its questions and rules.
    pub graph: SurveyGraph,
}

/// A service and what is active on it.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) service: Service,
    pub(super) paused: bool,
    pub(super) active: Option<Arc<PublishedVersion>>,
}

/// One consistent view of all services.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    listings: Vec<Listing>,
    by_dn: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

/// Where a contact leads.
pub(super) struct Found<'a> {
    pub(super) listing: Option<&'a Listing>,
    pub(super) via_fallback: bool,
}

impl Catalog {
    fn new(listings: Vec<Listing>) -> Self {
        let by_dn = listings.iter().enumerate();
        let by_dn = by_dn.filter_map(|(i, l)| l.service.dn.clone().map(|dn| (dn, i))).collect();
        let by_name = listings.iter().enumerate().map(|(i, l)| (l.service.name.to_lowercase(), i)).collect();
        Self { listings, by_dn, by_name }
    }

    /// A service by its id.
    pub(super) fn of_service(&self, id: ServiceId) -> Option<Found<'_>> {
        let listing = self.listings.iter().find(|listing| listing.service.id == id)?;
        Some(Found { listing: Some(listing), via_fallback: false })
    }

    /// The contact's own service; the fall-back where it is unknown or has nothing active. A paused survey is not
    /// passed over: who pauses it wants its callers left alone.
    pub(super) fn find(&self, dn: Option<&str>, name: Option<&str>, channel: ServiceChannel) -> Found<'_> {
        let own = dn
            .and_then(|dn| self.by_dn.get(dn))
            .or_else(|| name.and_then(|n| self.by_name.get(&n.to_lowercase())));
        // A chat's service does not take calls, whatever the script says.
        let own = own.and_then(|&i| self.listings.get(i)).filter(|l| l.service.channel == channel);
        if own.is_some_and(|l| l.active.is_some()) {
            return Found { listing: own, via_fallback: false };
        }
        let fallback =
            self.by_name.get(&channel.fallback().to_lowercase()).and_then(|&i| self.listings.get(i));
        match fallback.filter(|l| l.active.is_some()) {
            Some(fallback) => Found { listing: Some(fallback), via_fallback: true },
            None => Found { listing: own, via_fallback: false },
        }
    }
}

/// The stamp of the surveys that this node asks by, for who wants to know whether a change has reached it.
#[derive(Debug, Default)]
pub struct StampInUse(RwLock<Option<u64>>);

impl StampInUse {
    /// The stamp; `None` while no surveys were read.
    pub fn get(&self) -> Option<u64> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, stamp: u64) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(stamp);
    }
}

/// The newest catalog and every version in use.
#[derive(Default)]
pub(super) struct CatalogCache {
    stamp: Cell<Option<u64>>,
    current: RefCell<Option<Rc<Catalog>>>,
    versions: RefCell<HashMap<VersionId, Arc<PublishedVersion>>>,
    reading: Mutex<()>,
}

impl CatalogCache {
    pub(super) fn current(&self) -> Option<Rc<Catalog>> {
        self.current.borrow().clone()
    }

    pub(super) fn to_json(&self) -> Value {
        let services = self.current().map(|c| c.listings.len());
        let active =
            self.current().map(|c| c.listings.iter().filter(|l| l.active.is_some() && !l.paused).count());
        json!({"stamp": self.stamp.get(), "services": services, "active": active, "versions": self.versions.borrow().len()})
    }

    fn remember(&self, version: Arc<PublishedVersion>) -> Arc<PublishedVersion> {
        self.versions.borrow_mut().entry(version.id).or_insert(version).clone()
    }

    fn known(&self, id: VersionId) -> Option<Arc<PublishedVersion>> {
        self.versions.borrow().get(&id).cloned()
    }
}

impl Engine {
    /// Reads the catalog anew if anything changed; on trouble the last one stays in use.
    pub(super) async fn refresh_catalog(&self) {
        if let Err(error) = self.try_refresh().await {
            tracing::warn!(error = %error, "surveys could not be read anew, the last ones stay in use");
        }
    }

    /// Reads the catalog for a caller who waits for it; once for all who do.
    pub(super) async fn refresh_catalog_now(&self) -> Result<(), EngineError> {
        let _turn = self.catalog.reading.lock().await;
        if self.catalog.current().is_some() {
            return Ok(());
        }
        Ok(self.try_refresh().await?)
    }

    async fn try_refresh(&self) -> Result<(), StorageError> {
        let stamp = self.parts.catalog.catalog_stamp().await?;
        if self.catalog.stamp.get() == Some(stamp) {
            return Ok(());
        }
        // The stamp was read first: a change between the two reads is seen again at the next look.
        let rows = self.parts.catalog.catalog().await?;
        let listings = rows.into_iter().map(|row| self.listing(row)).collect();
        *self.catalog.current.borrow_mut() = Some(Rc::new(Catalog::new(listings)));
        self.catalog.stamp.set(Some(stamp));
        self.parts.stamp.set(stamp);
        tracing::info!(stamp, "surveys read from the database");
        Ok(())
    }

    fn listing(&self, row: CatalogRow) -> Listing {
        let active = row.active.and_then(|version| self.published(&version));
        Listing { service: row.service, paused: row.paused, active }
    }

    /// Parses a version once. One that does not parse (written by a newer aftercall, or damaged) is not asked.
    fn published(&self, row: &VersionRow) -> Option<Arc<PublishedVersion>> {
        if let Some(known) = self.catalog.known(row.id) {
            return Some(known);
        }
        match SurveyGraph::from_json(&row.document) {
            Ok(graph) => {
                let version = PublishedVersion { id: row.id, survey: row.survey, number: row.number, graph };
                Some(self.catalog.remember(Arc::new(version)))
            }
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                tracing::error!(version = %row.id, problem = first, "a published survey cannot be read and is not asked");
                None
            }
        }
    }

    /// The version a response began with, whether still active or not.
    pub(super) async fn version(&self, id: VersionId) -> Result<Arc<PublishedVersion>, EngineError> {
        if let Some(known) = self.catalog.known(id) {
            return Ok(known);
        }
        let row = self.parts.catalog.version(id).await?;
        row.and_then(|row| self.published(&row)).ok_or_else(|| EngineError::Storage {
            kind: StorageErrorKind::Corrupt,
            what: format!("version {id} of a response cannot be read"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::{ServiceId, SystemChance};

    #[test]
    fn a_contact_finds_its_service_by_number_or_by_name_in_any_case_and_only_of_its_channel() {
        let listing = |name: &str, channel, dn: Option<&str>| Listing {
            service: Service {
                id: ServiceId::new(chrono::DateTime::UNIX_EPOCH, &SystemChance),
                name: name.into(),
                channel,
                dn: dn.map(str::to_owned),
            },
            paused: false,
            active: None,
        };
        let catalog = Catalog::new(vec![
            listing("All", ServiceChannel::Voice, None),
            listing("Billing", ServiceChannel::Voice, Some("3010")),
            listing("Shop", ServiceChannel::Chat, None),
        ]);
        let found = |dn, name, channel| {
            catalog.find(dn, name, channel).listing.map(|listing| listing.service.name.as_str())
        };
        assert_eq!(found(Some("3010"), None, ServiceChannel::Voice), Some("Billing"));
        assert_eq!(found(Some("3011"), Some("BILLING"), ServiceChannel::Voice), Some("Billing"));
        assert_eq!(found(None, Some("Shop"), ServiceChannel::Voice), None);
        assert_eq!(found(None, Some("Shop"), ServiceChannel::Chat), Some("Shop"));
    }
}
