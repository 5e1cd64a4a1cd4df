//! The prompt commands, as the one who has the recordings types them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::cli_frame::{stderr, stdout};
use super::support::Site;
use super::support::disk::skipped;
use super::support::sounds::{audio, spoken_survey, tone};

/// A site with the survey's draft; it cannot be published yet.
fn site() -> Site {
    let site = Site::empty();
    import(&site);
    site
}

fn import(site: &Site) {
    let file = site.scratch("shop.json");
    std::fs::write(&file, spoken_survey().to_string()).unwrap();
    site.run(&["survey", "import", file.to_str().unwrap()]);
}

/// Writes a file below the site's scratch folder.
fn file(site: &Site, path: &str, bytes: &[u8]) -> String {
    let whole = site.scratch(path);
    std::fs::create_dir_all(whole.parent().unwrap()).unwrap();
    std::fs::write(&whole, bytes).unwrap();
    whole.to_str().unwrap().to_owned()
}

fn refused(site: &Site, arguments: &[&str]) -> String {
    let output = site.command(arguments);
    assert!(!output.status.success(), "{arguments:?}: {}", stdout(&output));
    stdout(&output) + &stderr(&output)
}

/// Every prompt of the survey, as files of a library.
fn library(site: &Site) -> String {
    for language in ["en_US", "ES"] {
        for (n, name) in
            ["Shop/Intro", "shop csat", "SHOP_WHY", "shop-why-wait", "shop/why/staff", "1", "number_2"]
                .iter()
                .enumerate()
        {
            let hz = 300.0 + f32::from(u8::try_from(n).unwrap()) * 50.0;
            file(site, &format!("library/{language}/{name}.wav"), &tone(hz, 400));
        }
    }
    site.scratch("library").to_str().unwrap().to_owned()
}

#[test]
fn a_file_is_stored_under_its_name_and_the_language_of_its_folder() {
    let site = site();
    let speech = file(&site, "en/shop.intro.flac", &audio("speech.flac"));
    let told = site.run(&["prompt", "add", &speech]);
    assert!(
        told.contains("shop.intro in en stored: 1.2 s") && told.contains("FLAC, 16000 Hz, mono"),
        "{told}"
    );
    assert!(site.run(&["prompt", "add", &speech]).contains("is there already"));
    let other = file(&site, "take7.mp3", &audio("speech.mp3"));
    assert!(refused(&site, &["prompt", "add", &other]).contains("give --language"));
    assert!(
        refused(&site, &["prompt", "add", &other, "--language", "../x"]).contains("which is no language")
    );
    site.run(&["prompt", "add", &other, "--name", "shop.csat", "--language", "ES"]);
    assert!(site.run(&["prompt", "add", &other, "--language", "es"]).contains("no survey says take7"));
    let list = site.run(&["prompt", "list"]);
    for line in ["shop.intro", "MISSING", "12 prompts are missing", "take7", "unused", "shop.intro.flac"] {
        assert!(list.contains(line), "{line}: {list}");
    }
    assert!(!site.run(&["prompt", "list", "--survey", "shop"]).contains("unused"));
}

#[test]
fn what_cannot_be_used_is_refused_with_its_reason_and_the_rest_is_stored() {
    let site = site();
    let empty = file(&site, "en/shop.csat.wav", &tone(300.0, 0));
    let page = file(&site, "en/shop.why.wav", b"<html>Please log in</html>");
    let good = file(&site, "en/shop.intro.wav", &tone(300.0, 500));
    let told = refused(&site, &["prompt", "add", &empty, &page, &good, "/nowhere/en/shop.thanks.wav"]);
    for words in [
        "shop.csat.wav is damaged",
        "shop.why.wav is a web page",
        "shop.intro in en stored",
        "cannot be read",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_library_is_synchronised_once_and_then_unchanged_and_the_survey_can_be_published() {
    let site = site();
    let library = library(&site);
    file(&site, "library/en_US/welcome.wav", &tone(300.0, 400));
    file(&site, "library/fr/shop.intro.wav", &tone(300.0, 400));
    let dry = site.run(&["prompt", "sync", &library, "--dry-run"]);
    assert!(dry.contains("would be stored") && dry.contains("missing as long as nothing is stored"), "{dry}");
    let told = site.run(&["prompt", "sync", &library]);
    assert_eq!(told.matches("stored, 0.4 s").count(), 14, "{told}");
    assert!(told.contains("en_US/welcome.wav: no survey says this"), "{told}");
    assert!(told.contains("fr/shop.intro.wav") && !told.contains("missing"), "{told}");
    assert_eq!(site.run(&["prompt", "sync", &library]).matches("unchanged").count(), 14);
    let alone = site.scratch("library/en_US");
    assert_eq!(site.run(&["prompt", "sync", alone.to_str().unwrap()]).matches("unchanged").count(), 7);
    site.run(&["survey", "publish", "shop"]);

    file(&site, "library/en_US/shop csat.wav", &tone(700.0, 900));
    file(&site, "library/es/SHOP_WHY.wav", b"not a sound");
    std::fs::rename(site.scratch("library/es/SHOP_WHY.wav"), site.scratch("library/ES/SHOP_WHY.wav"))
        .unwrap();
    let told = refused(&site, &["prompt", "sync", &library]);
    assert!(told.contains("replaced, 0.9 s") && told.contains("REFUSED: is text, not audio"), "{told}");
    assert!(told.contains("1 file was refused"), "{told}");
    assert!(refused(&site, &["prompt", "sync", "/nowhere"]).contains("cannot look into /nowhere"));
}

#[test]
fn a_prompt_that_callers_need_is_not_removed_without_force() {
    let site = site();
    site.run(&["prompt", "sync", &library(&site)]);
    site.run(&["survey", "publish", "shop"]);
    site.run(&["survey", "activate", "shop", "All"]);
    let told = refused(&site, &["prompt", "remove", "shop.intro", "--language", "en"]);
    assert!(told.contains("hear nothing in its place in shop") && told.contains("--force"), "{told}");
    // Another that serves the language makes it free.
    let gb = file(&site, "x.wav", &tone(300.0, 400));
    site.run(&["prompt", "add", &gb, "--name", "shop.intro", "--language", "en-GB"]);
    site.run(&["prompt", "remove", "shop.intro", "--language", "en-GB"]);
    site.run(&["prompt", "remove", "shop.intro", "--language", "EN", "--force"]);
    assert!(
        refused(&site, &["prompt", "remove", "shop.intro", "--language", "en"])
            .contains("there is no prompt")
    );
}

#[test]
fn an_exported_prompt_is_the_file_that_is_served_and_overwrites_nothing() {
    let site = site();
    let speech = file(&site, "en/shop.intro.flac", &audio("speech.flac"));
    site.run(&["prompt", "add", &speech]);
    for (form, tag, bytes) in [("ulaw", 7, 9600 + 58), ("alaw", 6, 9600 + 58), ("pcm", 1, 38_400 + 44)] {
        let out = site.scratch(form);
        let export =
            ["prompt", "export", "shop.intro", "--language", "en", "--form", form, out.to_str().unwrap()];
        site.run(&export);
        let written = std::fs::read(&out).unwrap();
        assert!(written.starts_with(b"RIFF") && written[20] == tag, "{form}");
        assert!(written.len().abs_diff(bytes) < 100, "{form}: {} bytes", written.len());
        assert!(refused(&site, &export).contains("cannot write"));
    }
}

/// Runs a command with only these folders on the PATH.
fn with_path(site: &Site, path: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aftercall"))
        .arg("--data-dir")
        .arg(site.data())
        .args(arguments)
        .env("PATH", path)
        .output()
        .unwrap()
}

/// A stand-in for espeak-ng that notes what it is asked and plays a kept file; `fails` has its own words.
fn speaker(site: &Site, fails: bool) -> PathBuf {
    let bin = site.scratch("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let (program, notes) = (bin.join("espeak-ng"), site.scratch("asked"));
    let wav = site.scratch("speech.wav");
    std::fs::write(&wav, audio("speech-ms-adpcm.wav")).unwrap();
    let act = if fails {
        "echo 'no such voice' >&2; exit 1".to_owned()
    } else {
        format!("echo \"$@ $(/bin/cat)\" >> {}; /bin/cat {}", notes.display(), wav.display())
    };
    std::fs::write(&program, format!("#!/bin/sh\n{act}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    bin
}

#[test]
fn the_missing_prompts_of_a_survey_are_spoken_from_their_texts_and_only_those() {
    let site = site();
    let own = file(&site, "own.wav", &tone(300.0, 400));
    site.run(&["prompt", "add", &own, "--name", "shop.csat", "--language", "en"]);
    let bin = speaker(&site, false);
    let run =
        |arguments: &[&str]| with_path(&site, &bin, &[&["prompt", "synthesize", "shop"], arguments].concat());
    assert!(stdout(&run(&["--dry-run"])).contains("shop.csat in es would be made: \"Como fue?\""));
    assert!(!site.scratch("asked").exists());
    let output = run(&["--language", "en", "--voice", "en-us"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let asked = std::fs::read_to_string(site.scratch("asked")).unwrap();
    assert_eq!(asked.lines().count(), 6, "{asked}");
    assert!(
        asked.contains("-v en-us --stdin --stdout Two questions.") && !asked.contains("How was it?"),
        "{asked}"
    );
    assert!(run(&[]).status.success());
    assert!(
        std::fs::read_to_string(site.scratch("asked")).unwrap().contains("-v es --stdin --stdout Como fue?")
    );
    assert!(stdout(&run(&[])).contains("no prompt of shop is missing"));
    let list = site.run(&["prompt", "list"]);
    assert!(list.matches("espeak-ng").count() == 13 && list.matches("own.wav").count() == 1, "{list}");
    site.run(&["survey", "publish", "shop"]);
}

#[test]
fn without_a_synthesizer_or_its_voice_nothing_is_made_and_the_way_out_is_told() {
    let site = site();
    let nowhere = site.scratch("empty");
    let told = stderr(&with_path(&site, &nowhere, &["prompt", "synthesize", "shop"]));
    assert!(told.contains("install the package espeak-ng"), "{told}");
    let told = stderr(&with_path(&site, &speaker(&site, true), &["prompt", "synthesize", "shop"]));
    assert!(told.contains("no such voice") && told.contains("--voices"), "{told}");
    let told = stderr(&with_path(&site, &nowhere, &["prompt", "synthesize", "shop", "--language", "fr"]));
    assert!(told.contains("does not speak fr, only en, es"), "{told}");
    assert!(site.run(&["prompt", "list"]).contains("14 prompts are missing"));
}

#[test]
fn the_real_synthesizer_speaks_every_text_of_the_demo_survey_in_its_three_languages() {
    if Command::new("espeak-ng").arg("--version").output().is_err() {
        return skipped("prompt: the real synthesizer", "espeak-ng is not installed");
    }
    let site = Site::empty();
    site.run(&["survey", "import", &format!("{}/static/demo/support.json", env!("CARGO_MANIFEST_DIR"))]);
    let made = site.run(&["prompt", "synthesize", "support"]);
    assert_eq!(made.lines().count(), 18, "{made}");
    let wav = site.scratch("intro.wav").display().to_string();
    for language in ["en", "es", "ar"] {
        assert!(made.contains(&format!("support.intro in {language} made: ")), "{made}");
        site.run(&["prompt", "export", "support.intro", "--language", language, "--form", "pcm", &wav]);
        // 16 bit at 16 kHz: a sentence of about ten words takes three seconds at least.
        assert!(std::fs::metadata(&wav).unwrap().len() > 3 * 32_000, "{language}");
        std::fs::remove_file(&wav).unwrap();
    }
}
