//! The statements of a copy, made from the tables' names: the same for every table, and for both engines but for the
//! words below.

use std::fmt::Write as _;

use super::tables::Table;

/// How an engine says what the other says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::storage) enum Dialect {
    Sqlite,
    Mssql,
}

impl Dialect {
    /// The rows after a key: `@P1` how many, then the cells of the key, if there is one.
    pub(in crate::storage) fn page(self, table: &Table, after: bool) -> String {
        self.next(&list(table.columns), table, after)
    }

    /// The sizes of the same rows.
    pub(in crate::storage) fn sizes(self, table: &Table, after: bool) -> String {
        let length = match self {
            Self::Sqlite => "length",
            Self::Mssql => "DATALENGTH",
        };
        let size = table.heavy.map_or_else(|| "0".to_owned(), |column| format!("{length}([{column}])"));
        self.next(&size, table, after)
    }

    /// The key of the last row; `@P1` is 1.
    pub(in crate::storage) fn last_key(self, table: &Table) -> String {
        let key: Vec<String> = table.key().iter().map(|column| format!("[{column}] DESC")).collect();
        self.first(&list(table.key()), table, "", &key.join(", "))
    }

    /// How many rows there are.
    pub(in crate::storage) fn count(self, table: &Table) -> String {
        format!("SELECT {} FROM [{}]", self.counted(), table.name)
    }

    /// How many rows have this key.
    pub(in crate::storage) fn has(self, table: &Table) -> String {
        let key = table.key().iter().zip(1..).map(|(column, at)| format!("[{column}] = @P{at}"));
        format!("{} WHERE {}", self.count(table), key.collect::<Vec<_>>().join(" AND "))
    }

    /// How many rows there are up to a key and with it.
    pub(in crate::storage) fn count_up_to(self, table: &Table) -> String {
        let condition = match *table.key() {
            // The first part alone bounds what an index has to be searched for.
            [first, second] => format!("[{first}] <= @P1 AND ([{first}] < @P1 OR [{second}] <= @P2)"),
            [key, ..] => format!("[{key}] <= @P1"),
            [] => String::new(),
        };
        format!("{} WHERE {condition}", self.count(table))
    }

    fn next(self, what: &str, table: &Table, after: bool) -> String {
        let condition = match *table.key() {
            _ if !after => String::new(),
            [first, second] => format!(" WHERE [{first}] >= @P2 AND ([{first}] > @P2 OR [{second}] > @P3)"),
            [key, ..] => format!(" WHERE [{key}] > @P2"),
            [] => String::new(),
        };
        self.first(what, table, &condition, &list(table.key()))
    }

    fn first(self, what: &str, table: &Table, condition: &str, order: &str) -> String {
        let name = table.name;
        match self {
            Self::Sqlite => format!("SELECT {what} FROM [{name}]{condition} ORDER BY {order} LIMIT @P1"),
            Self::Mssql => format!("SELECT TOP (@P1) {what} FROM [{name}]{condition} ORDER BY {order}"),
        }
    }

    /// SQL Server's ordinary count ends at 2,147,483,647.
    fn counted(self) -> &'static str {
        match self {
            Self::Sqlite => "COUNT(*)",
            Self::Mssql => "COUNT_BIG(*)",
        }
    }
}

/// Adds rows with values in these columns, `@P1` and on, row after row.
pub(in crate::storage) fn insert(table: &Table, columns: &[&str], rows: usize) -> String {
    let mut text = format!("INSERT INTO [{}] ({}) VALUES ", table.name, list(columns));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            let comma = if column == 0 { "" } else { ", " };
            // Writing into a String cannot fail.
            let _ = write!(text, "{comma}@P{}", row * columns.len() + column + 1);
        }
        text.push(')');
    }
    text
}

/// Names of columns; brackets because one of them is `key`, which is a word of SQL.
fn list(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("[{column}]")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::copy::TABLES;

    fn named(name: &str) -> &'static Table {
        TABLES.iter().find(|table| table.name == name).unwrap()
    }

    #[test]
    fn a_page_goes_on_after_the_whole_key() {
        let audio = named("prompt_audio");
        assert_eq!(
            Dialect::Sqlite.page(audio, true),
            "SELECT [prompt_id], [form], [audio] FROM [prompt_audio] \
             WHERE [prompt_id] >= @P2 AND ([prompt_id] > @P2 OR [form] > @P3) \
             ORDER BY [prompt_id], [form] LIMIT @P1"
        );
        assert_eq!(
            Dialect::Mssql.sizes(audio, false),
            "SELECT TOP (@P1) DATALENGTH([audio]) FROM [prompt_audio] ORDER BY [prompt_id], [form]"
        );
        assert_eq!(
            Dialect::Mssql.last_key(named("recording_audio")),
            "SELECT TOP (@P1) [recording_id] FROM [recording_audio] ORDER BY [recording_id] DESC"
        );
    }

    #[test]
    fn rows_of_an_insert_are_numbered_through() {
        assert_eq!(
            insert(named("recording_audio"), &["recording_id", "audio"], 2),
            "INSERT INTO [recording_audio] ([recording_id], [audio]) VALUES (@P1, @P2), (@P3, @P4)"
        );
    }
}
