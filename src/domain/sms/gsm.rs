//! The default alphabet of GSM 03.38 (3GPP TS 23.038, section 6.2.1) with its extension table.

/// The escape that leads to the extension table.
pub(super) const ESCAPE: u8 = 0x1B;

/// The default alphabet by septet; the escape stands for itself.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// The extension table: what follows the escape.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{0c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// The septets of a character: one, or the escape and one; `None` when the alphabet does not have it.
pub(super) fn septets(c: char) -> Option<(u8, Option<u8>)> {
    if let Some((code, _)) = EXTENSION.iter().find(|(_, known)| *known == c) {
        return Some((ESCAPE, Some(*code)));
    }
    let place = BASIC.iter().position(|known| *known == c && c != '\u{1b}')?;
    Some((u8::try_from(place).ok()?, None))
}

/// The text of septets, one in a byte. What no table has is a space, as the standard says of unknown extensions.
pub fn decode(septets: &[u8]) -> String {
    let mut text = String::with_capacity(septets.len());
    let mut septets = septets.iter().map(|septet| septet & 0x7F);
    while let Some(septet) = septets.next() {
        let c = match septet {
            ESCAPE => septets.next().and_then(|code| {
                let found = EXTENSION.iter().find(|(known, _)| *known == code);
                // An extension that nobody knows is shown as the character that the default alphabet has there.
                found.map(|(_, c)| *c).or_else(|| BASIC.get(usize::from(code)).copied())
            }),
            septet => BASIC.get(usize::from(septet)).copied(),
        };
        text.push(c.filter(|c| *c != '\u{1b}').unwrap_or(' '));
    }
    text
}

/// The text of UTF-16 in big-endian octets; a half of a pair alone is the replacement character.
pub fn decode_ucs2(octets: &[u8]) -> String {
    let units = octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
