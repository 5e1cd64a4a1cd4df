//! What a file is, by its first bytes: a form that is taken, or something whose name helps the one who sent it.

use std::fmt;

/// The containers that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Wav,
    Mp3,
    Ogg,
    Flac,
    Aiff,
}

impl Container {
    /// Its name, for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wav => "WAV",
            Self::Mp3 => "MP3",
            Self::Ogg => "Ogg",
            Self::Flac => "FLAC",
            Self::Aiff => "AIFF",
        }
    }

    /// The usual end of its files' names.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
            Self::Aiff => "aiff",
        }
    }
}

/// What a file that is not taken looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks(&'static str);

impl fmt::Display for Looks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// First bytes of files that are sent by mistake, and what they are.
const OTHERS: [(&[u8], &str); 22] = [
    (b"%PDF", "a PDF document, not audio"),
    (b"PK\x03\x04", "a ZIP archive or an office document, not audio (unpack an archive first)"),
    (b"\x1f\x8b", "a gzip archive, not audio (unpack it first)"),
    (b"Rar!", "a RAR archive, not audio (unpack it first)"),
    (b"7z\xbc\xaf", "a 7-Zip archive, not audio (unpack it first)"),
    (b"\x89PNG", "a picture, not audio"),
    (b"\xff\xd8\xff", "a picture, not audio"),
    (b"GIF8", "a picture, not audio"),
    (b"#!AMR", "AMR audio, which is not taken"),
    (b"\x30\x26\xb2\x75", "Windows Media audio (WMA), which is not taken"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM file, which is not taken"),
    (b".snd", "Sun audio (AU), which is not taken"),
    (b"MThd", "MIDI notes, not audio"),
    (b"caff", "Core Audio (CAF), which is not taken"),
    (b"wvpk", "WavPack audio, which is not taken"),
    (b"MAC ", "Monkey's Audio, which is not taken"),
    (b"RF64", "a WAV file of the 64 bit kind (RF64), which is not taken"),
    (b"BW64", "a WAV file of the 64 bit kind (BW64), which is not taken"),
    (b"RIFX", "a WAV file of the big-endian kind (RIFX), which is not taken"),
    (b"\x7fELF", "a program, not audio"),
    (b"MZ", "a Windows program, not audio"),
    (b"version https://git-lfs", "a pointer to a file that was not fetched, not audio"),
];

/// The container of a file that is taken, else what it looks like.
pub(super) fn container(file: &[u8]) -> Result<Container, Looks> {
    let at = |offset: usize, magic: &[u8]| file.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, b"RIFF") {
        return if at(8, b"WAVE") { Ok(Container::Wav) } else { Err(Looks(riff_of(file))) };
    }
    if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        return Ok(Container::Aiff);
    }
    if at(0, b"fLaC") {
        return Ok(Container::Flac);
    }
    if at(0, b"OggS") {
        return ogg(file);
    }
    if at(0, b"ID3") {
        return Ok(Container::Mp3);
    }
    if let Some((_, looks)) = OTHERS.iter().find(|(magic, _)| at(0, magic)) {
        return Err(Looks(looks));
    }
    if at(4, b"ftyp") {
        return Err(Looks("an MP4 or M4A file (AAC), which is not taken"));
    }
    // An MPEG frame begins with eleven set bits; the two for the layer are 00 in AAC only.
    match file {
        [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x06 != 0 => Ok(Container::Mp3),
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Err(Looks("AAC audio, which is not taken")),
        _ => Err(Looks(text(file))),
    }
}

fn riff_of(file: &[u8]) -> &'static str {
    match file.get(8..12) {
        Some(b"AVI ") => "an AVI video, not audio",
        Some(b"WEBP") => "a picture, not audio",
        Some(b"RMID") => "MIDI notes, not audio",
        _ => "a RIFF file without audio",
    }
}

/// Ogg files begin with a page that holds the first packet of their codec.
fn ogg(file: &[u8]) -> Result<Container, Looks> {
    let head = file.get(..file.len().min(200)).unwrap_or_default();
    let holds = |magic: &[u8]| head.windows(magic.len()).any(|window| window == magic);
    if holds(b"OpusHead") {
        Err(Looks("Opus audio, which is not taken"))
    } else if holds(b"Speex   ") {
        Err(Looks("Speex audio, which is not taken"))
    } else if holds(b"\x80theora") {
        Err(Looks("an Ogg video, not audio"))
    } else {
        Ok(Container::Ogg)
    }
}

fn text(file: &[u8]) -> &'static str {
    let head = String::from_utf8_lossy(file.get(..file.len().min(400)).unwrap_or_default());
    let head = head.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") {
        "a web page, not audio (a download that asked for a login looks like this)"
    } else if head.starts_with('<') {
        "an XML document, not audio"
    } else if head.starts_with('{') || head.starts_with('[') {
        "JSON text, not audio"
    } else if !head.is_empty()
        && !head.contains(|c: char| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()))
    {
        "text, not audio"
    } else {
        "nothing that can be recognised as audio (bare samples without a header cannot)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_by_mistake_is_called_by_its_name() {
        let cases: [(&[u8], &str); 9] = [
            (b"%PDF-1.7", "PDF"),
            (b"<!DOCTYPE html><html>", "web page"),
            (b"\0\0\0\x20ftypM4A ", "M4A"),
            (b"\xff\xf1\x50\x80", "AAC"),
            (b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead", "Opus"),
            (b"{\"error\":1}", "JSON"),
            (b"hello there", "text"),
            (b"\x7f\x7f\xff\x00\x12\x99", "nothing that can be recognised"),
            (b"RIFF\0\0\0\0AVI ", "AVI"),
        ];
        for (file, word) in cases {
            let looks = container(file).unwrap_err().to_string();
            assert!(looks.contains(word), "{looks}");
        }
    }
}
