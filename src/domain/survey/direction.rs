//! Which way languages are written, and which way a scale runs in them.

use unic_langid::{CharacterDirection, LanguageIdentifier};

use super::{RtlScales, SurveyGraph};

/// The direction of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// As English is written.
    LeftToRight,
    /// As Arabic is written.
    RightToLeft,
}

impl Direction {
    /// The direction a language (BCP 47) is written in.
    pub fn of(language: &str) -> Self {
        let tag: Option<LanguageIdentifier> = language.parse().ok();
        match tag.map(|tag| tag.character_direction()) {
            Some(CharacterDirection::RTL) => Self::RightToLeft,
            _ => Self::LeftToRight,
        }
    }

    /// The word of HTML's `dir`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

impl SurveyGraph {
    /// Which way its scales run in a language: the low end stands where the line begins.
    pub fn scale_direction(&self, language: &str) -> Direction {
        match self.rtl_scales() {
            RtlScales::Mirrored => Direction::of(language),
            RtlScales::LeftToRight => Direction::LeftToRight,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_written_as_its_script_is() {
        for leftwards in ["ar", "ar-EG", "he", "fa", "ur", "ps", "AR", "az-Arab"] {
            assert_eq!(Direction::of(leftwards).as_str(), "rtl", "{leftwards}");
        }
        for rightwards in ["en", "es-MX", "zh", "uz-Latn", "ar-Latn", "not a tag", ""] {
            assert_eq!(Direction::of(rightwards).as_str(), "ltr", "{rightwards}");
        }
    }
}
