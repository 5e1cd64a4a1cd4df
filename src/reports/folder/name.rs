//! What a file of the folder is called: its first day, its kind, what it is broken down by, and its form.

use std::fmt;

use chrono::NaiveDate;

use super::period::ReportPeriod;
use crate::domain::report_mail::Rhythm;
use crate::reports::Breakdown;
use crate::reports::sheet::Form;

/// The name of a file, such as `2026-11-26_day_agent.csv`. There is one for each period, breakdown and form, and no two are
/// read as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportFileName {
    /// The period.
    pub period: ReportPeriod,
    /// What its figures are broken down by.
    pub by: Breakdown,
    /// Its form.
    pub form: Form,
}

impl ReportFileName {
    /// The name that is written so; `None` for every other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (stem, ending) = text.split_once('.')?;
        let form = Form::parse(ending)?;
        let (first, rest) = stem.split_once('_')?;
        let (kind, word) = rest.split_once('_')?;
        let kind = Rhythm::parse(kind)?;
        let first: NaiveDate = first.parse().ok()?;
        let period = ReportPeriod::beginning(kind, first)?;
        let by = kind.breakdowns().into_iter().find(|by| by.as_str() == word)?;
        let name = Self { period, by, form };
        // Dates may be written in more ways than one.
        (name.to_string() == text).then_some(name)
    }
}

impl fmt::Display for ReportFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, kind) = (self.period.first(), self.period.kind().as_str());
        write!(f, "{first}_{kind}_{}.{}", self.by.as_str(), self.form.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_was_written() {
        for (kind, first) in
            [(Rhythm::Day, "2026-11-26"), (Rhythm::Week, "2026-11-23"), (Rhythm::Month, "2026-11-01")]
        {
            let period = ReportPeriod::beginning(kind, first.parse().unwrap()).unwrap();
            for by in kind.breakdowns() {
                for form in Form::ALL {
                    let name = ReportFileName { period, by, form };
                    assert_eq!(ReportFileName::parse(&name.to_string()), Some(name), "{name}");
                }
            }
        }
        let name = ReportFileName::parse("2026-11-26_day_agent_queue.xlsx").unwrap();
        assert_eq!((name.by, name.form), (Breakdown::AgentQueue, Form::Xlsx));
    }

    #[test]
    fn no_other_text_is_a_name() {
        for other in [
            "",
            ".",
            "..",
            "/etc/passwd",
            "../2026-11-26_day_agent.csv",
            "2026-11-26_day_agent.csv/..",
            "2026-11-26_day_agent.csv\0",
            " 2026-11-26_day_agent.csv",
            "2026-11-26_day_agent.CSV",
            "2026-11-26_day_agent",
            "2026-11-26_day_agent.csv.part",
            ".2026-11-26_day_agent.csv",
            "+2026-11-26_day_agent.csv",
            "2026-1-6_day_agent.csv",
            "2026-02-30_day_agent.csv",
            "2026-11-26_day_.csv",
            "2026-11-26_day_day.csv",
            "2026-11-26_week_agent.csv",
            "2026-11-26_month_agent.csv",
            "2026-11-23_week_hour.csv",
            "2026-11-26_year_agent.csv",
            "2026-11-26_day_agent.txt",
        ] {
            assert_eq!(ReportFileName::parse(other), None, "{other:?}");
        }
    }
}
