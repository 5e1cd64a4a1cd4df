//! The spool's file when it is broken, and who made it.

use std::time::Duration;

use super::{House, leave, spool_of};
use crate::support::{Site, block_on, until};
use aftercall::storage::{CatalogStore, KeyStore, LeaseStore, MaintenanceStore, SpoolStore};

use crate::storage_contract::{Ground, lead, start};

#[test]
fn a_damaged_spool_is_set_aside_reported_and_never_deleted() {
    let site = Site::new();
    site.serve(&["spool.use=always"]).stop();
    let path = site.data().join("spool.db");
    let rubbish = b"this was a spool once".repeat(1_000);
    std::fs::write(&path, &rubbish).unwrap();
    let server = site.serve(&["spool.use=always"]);
    let aside: Vec<_> = site
        .data()
        .read_dir()
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.to_string_lossy().contains("spool.db.damaged-"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(std::fs::read(&aside[0]).unwrap(), rubbish, "as it was");
    until("the log says so", || server.log().contains("the spool was damaged"));
    until("it is reported", || spool_of(&server)["damaged"] == 1);
    assert!(server.get("/health").body.contains("\"status\":\"degraded\""));
    assert_eq!(server.get("/health/ready").status, 200, "callers are served");
    server.offer("a call");
    std::fs::remove_file(&aside[0]).unwrap();
    until("who takes it away has seen it", || spool_of(&server)["damaged"] == 0);
    until("health is well", || server.get("/health").body.contains("\"status\":\"ok\""));
}

#[test]
fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let site = Site::new();
    let path = site.data().join("spool.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let before = std::fs::read(&path).unwrap();
    let mut server = site.launch(&["spool.use=always"]);
    assert_eq!(server.ended().code(), Some(1));
    until("it says why", || server.log().contains("another program"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_was_read_of_the_database_is_still_known_after_a_restart_without_it() {
    block_on(async {
        let house = House::new();
        let spool = house.spool().await;
        assert!(!spool.can_serve_alone());
        let ground = Ground::with_survey(&*house.database, "csat").await;
        house.database.activate(ground.service, ground.survey, start(), None).await.unwrap();
        house.database.add_key(crate::storage_contract::keys::key("ivr", 1), None).await.unwrap();
        let stamp = spool.catalog_stamp().await.unwrap();
        let (catalog, keys) = (spool.catalog().await.unwrap(), spool.keys().await.unwrap());
        let version = catalog.iter().find_map(|row| row.active.clone()).unwrap();
        spool.tend().await.unwrap();
        drop(spool);
        let spool = house.spool().await;
        assert!(spool.can_serve_alone());
        leave(&spool);
        assert_eq!(spool.catalog_stamp().await.unwrap(), stamp);
        assert_eq!(spool.catalog().await.unwrap(), catalog);
        assert_eq!(spool.keys().await.unwrap(), keys);
        assert_eq!(spool.version(version.id).await.unwrap(), Some(version));
        spool.probe().await.unwrap();
    });
}

#[test]
fn leases_are_the_databases_and_never_the_spools() {
    let house = House::new();
    block_on(async {
        let spool = house.spool().await;
        leave(&spool);
        let fence = lead(&*spool).await;
        let stands = house.database.lease(fence.role).await.unwrap().view;
        assert_eq!(stands.mark.epoch, fence.epoch);
        assert_eq!(spool.leases().await.unwrap()[0].view, stands);
        let holder = stands.holder.unwrap();
        let ttl = Duration::from_hours(2);
        assert!(spool.renew_lease(fence, holder.clone(), ttl).await.unwrap());
        assert!(house.database.lease(fence.role).await.unwrap().view.mark.seq > stands.mark.seq);
        assert!(spool.release_lease(fence).await.unwrap());
        assert_eq!(house.database.lease(fence.role).await.unwrap().view.holder, None);
    });
}
