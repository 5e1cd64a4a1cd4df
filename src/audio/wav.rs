//! WAV files: reading headers as they are found in the field, writing plain ones.

use super::error::AudioError;

/// Format tags of the RIFF/WAVE registry.
pub(super) const TAG_PCM: u16 = 1;
/// Floating point.
const TAG_FLOAT: u16 = 3;
/// G.711 A-law.
pub(super) const TAG_ALAW: u16 = 6;
/// G.711 µ-law.
pub(super) const TAG_ULAW: u16 = 7;
/// The format stands in the extension of the chunk.
const TAG_EXTENSIBLE: u16 = 0xfffe;

/// From here on a length stands for "not known when the header was written": 0xFFFFFFFF and, by programs that write to
/// a pipe, values just below 2 or 4 GiB.
const LENGTH_UNKNOWN: u64 = 0x7fff_0000;

/// A WAV file, taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wav<'a> {
    /// The body of the `fmt ` chunk.
    format: &'a [u8],
    /// The samples, whole blocks only.
    pub(super) data: &'a [u8],
    /// Format tag.
    pub(super) tag: u16,
    /// Channels.
    pub(super) channels: u16,
    /// Samples a second.
    pub(super) rate: u32,
    /// Bytes of a block: of one sample of all channels, where the samples stand alone.
    block: u64,
    /// Bytes of samples the header speaks of; `None` when it does not know.
    promised: Option<u64>,
}

impl<'a> Wav<'a> {
    /// Takes a file apart. What is wrong with lengths is forgiven: what is there is taken.
    pub(super) fn parse(file: &'a [u8]) -> Result<Self, AudioError> {
        let mut rest = file.get(12..).unwrap_or_default();
        let mut format = None;
        while let (Some(id), Some(length)) = (rest.get(..4), number(rest, 4, 4)) {
            let body = rest.get(8..).unwrap_or_default();
            let there = usize::try_from(length).map_or(body.len(), |length| length.min(body.len()));
            if id == b"data" {
                let format = format.ok_or_else(|| AudioError::broken("its data comes before its format"))?;
                return Self::with(format, body, length);
            }
            if id == b"fmt " {
                format = body.get(..there);
            }
            // Chunks begin at even places.
            rest = body.get(there + (there & 1)..).unwrap_or_default();
        }
        let what = if format.is_some() { "it has no data chunk" } else { "it has no format chunk" };
        Err(AudioError::broken(what))
    }

    fn with(format: &'a [u8], body: &'a [u8], length: u64) -> Result<Self, AudioError> {
        let field = |at, bytes| {
            number(format, at, bytes).ok_or_else(|| AudioError::broken("its format chunk is too short"))
        };
        let mut tag = field(0, 2)?;
        if tag == u64::from(TAG_EXTENSIBLE) {
            tag = field(24, 2)?;
        }
        let short = |value: u64| u16::try_from(value).unwrap_or(u16::MAX);
        let block = field(12, 2)?.max(1);
        let promised = (length != 0 && length < LENGTH_UNKNOWN).then_some(length);
        let there = promised.map_or(body.len(), |length| {
            usize::try_from(length).map_or(body.len(), |length| length.min(body.len()))
        });
        let whole = there - usize::try_from(there as u64 % block).unwrap_or(0);
        Ok(Self {
            format,
            data: body.get(..whole).unwrap_or_default(),
            tag: short(tag),
            channels: short(field(2, 2)?),
            rate: u32::try_from(field(4, 4)?).unwrap_or(u32::MAX),
            block,
            promised,
        })
    }

    /// How large the sound was to be and is, in bytes, when it is cut off by more than a block.
    pub(super) fn cut_off(&self) -> Option<(u64, u64)> {
        let promised = self.promised?;
        let there = self.data.len() as u64;
        (promised >= there + 2 * self.block).then_some((promised, there))
    }

    /// The bytes of a second, by the header.
    pub(super) fn bytes_a_second(&self) -> u64 {
        number(self.format, 8, 4).unwrap_or(0).max(1)
    }

    /// The same file with a header that is right about every length, and nothing but format and data. Where samples
    /// stand alone, the format is written anew too: headers without the field that counts extensions, or with fewer
    /// valid bits than each sample has room for, are common.
    pub(super) fn rebuilt(&self) -> Vec<u8> {
        let plain = match self.tag {
            TAG_PCM | TAG_FLOAT | TAG_ALAW | TAG_ULAW => self.plain_format(),
            _ => None,
        };
        let format = plain.as_deref().unwrap_or(self.format);
        let mut out = Vec::with_capacity(self.data.len() + format.len() + 32);
        chunks(&mut out, &[(b"fmt ", format), (b"data", self.data)]);
        out
    }

    fn plain_format(&self) -> Option<Vec<u8>> {
        let block = u16::try_from(self.block).ok()?;
        let bytes = block.checked_div(self.channels).filter(|bytes| bytes * self.channels == block)?;
        let mut format = header(self.tag, self.channels, self.rate, bytes);
        if self.tag != TAG_PCM {
            format.extend_from_slice(&0u16.to_le_bytes());
        }
        Some(format)
    }

    /// The name of a codec that is not taken; `None` for those that are.
    pub(super) fn foreign_codec(&self) -> Option<String> {
        let name = match self.tag {
            // PCM, Microsoft's ADPCM, floating point, G.711, IMA ADPCM.
            TAG_PCM | 2 | TAG_FLOAT | TAG_ALAW | TAG_ULAW | 0x11 => return None,
            0x31 => "GSM 6.10",
            0x40 | 0x45 | 0x64 | 0x14 => "G.721/G.723/G.726 ADPCM",
            0x42 | 0x111 => "G.723.1",
            0x83 | 0x133 => "G.729",
            0x55 => "MP3 in a WAV file",
            0x50 => "MPEG layer 1 or 2",
            0x160..=0x162 => "Windows Media",
            0xff | 0x1600 | 0x1610 => "AAC",
            0x65 | 0x28f => "G.722",
            tag => return Some(format!("format {tag:#06x} of WAV")),
        };
        Some(name.to_owned())
    }
}

/// A little-endian number of up to four bytes.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

/// Writes a whole file of chunks. No file here comes near 4 GiB; a length beyond would be written as unknown.
fn chunks(out: &mut Vec<u8>, all: &[(&[u8; 4], &[u8])]) {
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let body: usize = all.iter().map(|(_, body)| 8 + body.len() + (body.len() & 1)).sum();
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&length(4 + body));
    out.extend_from_slice(b"WAVE");
    for (id, body) in all {
        out.extend_from_slice(*id);
        out.extend_from_slice(&length(body.len()));
        out.extend_from_slice(body);
        if body.len() & 1 == 1 {
            out.push(0);
        }
    }
}

/// A mono WAV file of G.711 samples at 8000 Hz, with the `fact` chunk that coded formats need.
pub(super) fn g711(tag: u16, samples: &[u8]) -> Vec<u8> {
    let mut format = header(tag, 1, 8000, 1);
    format.extend_from_slice(&0u16.to_le_bytes());
    let fact = u32::try_from(samples.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut out = Vec::with_capacity(samples.len() + 64);
    chunks(&mut out, &[(b"fmt ", &format), (b"fact", &fact), (b"data", samples)]);
    out
}

/// A mono WAV file of linear samples of 16 bit.
pub(super) fn pcm16(rate: u32, samples: impl ExactSizeIterator<Item = i16>) -> Vec<u8> {
    let format = header(TAG_PCM, 1, rate, 2);
    let mut data = Vec::with_capacity(samples.len() * 2);
    samples.for_each(|sample| data.extend_from_slice(&sample.to_le_bytes()));
    let mut out = Vec::with_capacity(data.len() + 48);
    chunks(&mut out, &[(b"fmt ", &format), (b"data", &data)]);
    out
}

fn header(tag: u16, channels: u16, rate: u32, bytes: u16) -> Vec<u8> {
    let block = channels.saturating_mul(bytes);
    let mut format = Vec::with_capacity(18);
    format.extend_from_slice(&tag.to_le_bytes());
    format.extend_from_slice(&channels.to_le_bytes());
    format.extend_from_slice(&rate.to_le_bytes());
    format.extend_from_slice(&rate.saturating_mul(u32::from(block)).to_le_bytes());
    format.extend_from_slice(&block.to_le_bytes());
    format.extend_from_slice(&bytes.saturating_mul(8).to_le_bytes());
    format
}
