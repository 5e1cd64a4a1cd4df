//! A text as the parts of a message.

/// The alphabet of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// GSM 03.38 with its extension table: 160 units in one part, 153 in each of several.
    Gsm,
    /// UTF-16, big-endian: 70 units in one part, 67 in each of several.
    Ucs2,
}

/// A text in parts, none of which splits a character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The alphabet of all parts.
    pub coding: Coding,
    /// The parts in order, without any header: one septet in a byte, or two bytes for each UTF-16 unit.
    pub parts: Vec<Vec<u8>>,
}
