//! The table at the end.

use std::time::Duration;

use super::scene::Measured;

/// All rounds of one fault.
pub struct Row {
    pub title: &'static str,
    pub rounds: Vec<Measured>,
}

impl Row {
    pub fn of(title: &'static str) -> Self {
        Self { title, rounds: Vec::new() }
    }

    fn cells(&self) -> [String; 6] {
        let each = |of: fn(&Measured) -> u64| self.rounds.iter().map(of).collect::<Vec<_>>();
        let lease = self.rounds.iter().filter_map(|round| round.lease).map(millis).collect();
        [
            self.title.to_owned(),
            spread(each(|round| millis(round.gap))),
            each(|round| round.sent).iter().sum::<u64>().to_string(),
            spread(each(|round| round.lost)),
            spread(each(|round| round.lost_twice)),
            spread(lease),
        ]
    }
}

/// One line for a fault that was played.
pub fn line(title: &str, one: &Measured) -> String {
    let lease = one.lease.map_or(String::new(), |lease| format!(", the lease moved in {} ms", millis(lease)));
    format!(
        "{title}: gap {} ms, {} sent, {} lost, {} after one retry{lease}",
        millis(one.gap),
        one.sent,
        one.lost,
        one.lost_twice,
    )
}

/// All rows below their titles.
pub fn table(rows: &[Row]) -> String {
    let titles =
        ["fault", "gap ms", "sent", "lost", "lost after one retry", "lease moved ms"].map(str::to_owned);
    let lines: Vec<[String; 6]> = std::iter::once(titles).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or_default();
    let aligned = lines.iter().map(|line| {
        let figures = line.iter().enumerate().skip(1);
        let figures = figures.map(|(column, cell)| format!("  {cell:>width$}", width = width(column)));
        format!("{:<first$}{}\n", line[0], figures.collect::<String>(), first = width(0))
    });
    aligned.collect()
}

/// The median and the worst; only the one where there is no more.
fn spread(mut figures: Vec<u64>) -> String {
    figures.sort_unstable();
    match figures.as_slice() {
        [] => "-".to_owned(),
        [one] => one.to_string(),
        all => format!("{} / {}", all[(all.len() - 1) / 2], all[all.len() - 1]),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
