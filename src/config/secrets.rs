//! Secrets: given as a value, in a file of their own, or as a systemd credential; never two ways at once.

use std::ffi::OsString;
use std::path::PathBuf;

use super::key::Key;
use super::reader::Reader;
use crate::foundation::Secret;

/// The fewest characters of a static key: 20 of base32 are 100 bits.
pub const STATIC_KEY_MIN_CHARS: usize = 20;

/// The variable in which systemd names the folder of the service's credentials (systemd.exec, "Credentials").
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// A file in the folder of systemd credentials.
#[derive(Debug, Clone)]
pub(super) struct Credential(PathBuf);

impl Credential {
    /// The credential of this name, if systemd handed one over.
    pub(super) fn find(environment: &[(OsString, OsString)], name: &str) -> Option<Self> {
        let (_, folder) = environment.iter().find(|(variable, _)| variable == CREDENTIALS_VARIABLE)?;
        Some(PathBuf::from(folder).join(name)).filter(|path| path.exists()).map(Self)
    }
}

/// Whether a text is good enough for a static key.
pub(super) fn is_static_key(text: &str) -> bool {
    text.chars().count() >= STATIC_KEY_MIN_CHARS && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Reads a secret from the one place where it is set; `is_fine` is its rule.
pub(super) fn read(
    reader: &mut Reader,
    value: &Key,
    file: &Key,
    credential: Option<Credential>,
    is_fine: fn(&str) -> bool,
) -> Option<Secret<String>> {
    let inline = Some(reader.text(value)).filter(|text| !text.is_empty());
    let named = Some(reader.text(file)).filter(|text| !text.is_empty()).map(PathBuf::from);
    let mut places: Vec<String> = Vec::new();
    places.extend(inline.as_ref().map(|_| format!("{} ({})", value.path(), reader.origin(value))));
    places.extend(named.as_ref().map(|_| format!("{} ({})", file.path(), reader.origin(file))));
    places.extend(credential.as_ref().map(|Credential(path)| format!("the credential {}", path.display())));
    if places.len() > 1 {
        reader.problem(format!("{} is set in {}: keep one of them", value.path(), places.join(" and in ")));
        return None;
    }
    let text = match (inline, named.or(credential.map(|Credential(path)| path))) {
        (Some(text), _) => text,
        (None, Some(path)) => match std::fs::read_to_string(&path) {
            Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
            Err(error) => {
                reader.problem(format!("{}: cannot read {}: {error}", value.path(), path.display()));
                return None;
            }
        },
        (None, None) => return None,
    };
    let length = text.chars().count();
    if !is_fine(&text) {
        // The length says enough to find the mistake and nothing of the secret.
        reader.problem(format!(
            "{} from {} has {length} characters: must be {}",
            value.path(),
            places.concat(),
            value.rule()
        ));
        return None;
    }
    Some(Secret::new(text))
}
