//! The watched folder, against a running server: what is put there is heard, and what goes wrong is shown.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::sounds::{audio, spoken_survey, tone};
use super::support::{Server, Site, block_on, until};

/// A site whose server watches `share`.
fn site() -> (Site, PathBuf) {
    let site = Site::empty();
    let draft = site.scratch("shop.json");
    std::fs::write(&draft, spoken_survey().to_string()).unwrap();
    site.run(&["survey", "import", draft.to_str().unwrap()]);
    let share = site.scratch("share");
    std::fs::create_dir_all(share.join("en")).unwrap();
    (site, share)
}

fn watch(site: &Site, share: &Path) -> Server {
    let folder = format!("prompts.folder={}", share.display());
    site.serve(&[&folder, "prompts.folder_scan_s=1"])
}

/// What the watcher says of itself.
fn seen(server: &Server) -> Value {
    block_on(server.http().child("prompt_folder"))["observed"].clone()
}

fn put(share: &Path, path: &str, bytes: &[u8]) {
    let file = share.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn a_file_put_into_the_folder_becomes_the_prompt_and_a_new_take_replaces_it() {
    let (site, share) = site();
    put(&share, "en/shop/intro.flac", &audio("speech.flac"));
    put(&share, "en/holiday.wav", &tone(300.0, 400));
    let server = watch(&site, &share);
    until("the prompt is stored", || seen(&server)["in_step"] == 1);
    assert_eq!((&seen(&server)["unused"], &seen(&server)["stored"]), (&1.into(), &1.into()));
    assert!(site.run(&["prompt", "list"]).contains("1.2 s"));
    put(&share, "en/shop/intro.flac", &tone(500.0, 3300));
    until("the new take is stored", || site.run(&["prompt", "list"]).contains("3.3 s"));
    until("and is counted", || seen(&server)["stored"] == 2);
}

#[test]
fn a_file_that_cannot_be_used_is_shown_with_its_reason_and_told_once() {
    let (site, share) = site();
    put(&share, "en/shop.csat.wav", b"%PDF-1.4 a price list");
    let server = watch(&site, &share);
    until("it is refused", || seen(&server)["refused"] == 1);
    let shown = seen(&server);
    assert_eq!(shown["refused_files"][0]["file"], "en/shop.csat.wav");
    assert!(shown["refused_files"][0]["why"].as_str().unwrap().contains("PDF"), "{shown}");
    // Two more looks, seen by another file that takes two, and no second word about the first.
    put(&share, "en/shop.intro.wav", &tone(300.0, 400));
    until("the other is stored", || seen(&server)["in_step"] == 1);
    assert_eq!(server.log().matches("cannot be used").count(), 1, "{}", server.log());
    put(&share, "en/shop.csat.wav", &tone(300.0, 400));
    until("the better one is taken", || seen(&server)["in_step"] == 2 && seen(&server)["refused"] == 0);
}

#[test]
fn a_file_that_is_still_being_written_waits_until_it_is_whole() {
    let (site, share) = site();
    let server = watch(&site, &share);
    let whole = tone(300.0, 2000);
    let half = whole.len() / 2;
    // It grows with every look, as a slow copy does: never the same twice, so it is never taken.
    let mut length = half;
    until("some looks found it growing", || {
        length = (length + 16).min(whole.len() - 16);
        put(&share, "en/shop.intro.wav", &whole[..length]);
        assert_eq!(seen(&server)["refused"].as_u64().unwrap_or(0), 0, "half a file was judged");
        seen(&server)["waiting"] == 1 && length > half + 16 * 300
    });
    put(&share, "en/shop.intro.wav", &whole);
    until("it is taken when it is whole", || seen(&server)["in_step"] == 1);
    assert!(site.run(&["prompt", "list"]).contains("2.0 s"));
    assert!(!server.log().contains("cannot be used"), "{}", server.log());
}

#[test]
fn a_share_that_goes_away_is_told_removes_nothing_and_is_found_again() {
    let (site, share) = site();
    put(&share, "en/shop.intro.wav", &tone(300.0, 400));
    let server = watch(&site, &share);
    until("the prompt is stored", || seen(&server)["in_step"] == 1);
    let away = site.scratch("away");
    std::fs::rename(&share, &away).unwrap();
    until("the folder is missed", || seen(&server)["last_error"].is_string());
    let told = seen(&server)["last_error"].as_str().unwrap().to_owned();
    assert!(told.contains("cannot look into the folder of prompts") && told.contains("share"), "{told}");
    assert!(site.run(&["prompt", "list"]).contains("shop.intro.wav"), "the prompt went with its share");
    assert_eq!(server.get("/health/ready").status, 200);
    put(&away, "en/shop.csat.wav", &tone(400.0, 400));
    std::fs::rename(&away, &share).unwrap();
    until("the share is back", || seen(&server)["in_step"] == 2);
    assert!(seen(&server)["last_error"].is_null());
    std::fs::remove_file(share.join("en/shop.intro.wav")).unwrap();
    until("the file is gone", || seen(&server)["audio_files"] == 1);
    assert!(site.run(&["prompt", "list"]).contains("shop.intro.wav"), "the prompt went with its file");
}

#[test]
fn a_site_without_a_folder_has_no_watcher_and_one_whose_folder_is_missing_still_starts() {
    let (site, share) = site();
    let server = site.serve(&[]);
    assert!(!server.get("/health").body.contains("prompt_folder"));
    drop(server);
    std::fs::remove_dir_all(&share).unwrap();
    let server = watch(&site, &share);
    until("the folder is missed", || seen(&server)["last_error"].is_string());
}
