//! What languages call themselves, for who looks for their own.

/// The languages that contact centres ask in most.
const NAMES: [(&str, &str); 31] = [
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("zh", "中文"),
];

/// A language's own name; its tag where it is not known. Two kinds of one language are told apart by their tags.
pub(super) fn own_name(tag: &str, all: &[String]) -> String {
    let main = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let wanted = main(tag);
    let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == wanted) else { return tag.to_owned() };
    let is_alone = all.iter().filter(|other| main(other) == wanted).count() < 2;
    if is_alone { (*name).to_owned() } else { format!("{name} ({tag})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_called_as_it_calls_itself() {
        let all = ["es-MX", "es-ES", "ar-EG", "xx"].map(str::to_owned);
        let names = all.clone().map(|tag| own_name(&tag, &all));
        assert_eq!(names, ["Español (es-MX)", "Español (es-ES)", "العربية", "xx"]);
    }
}
