//! Keys that are given on the command line, in place of an input file.

/// Keys of a few tables, as the lines of TOML that they stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenKeys(Vec<(&'static str, String)>);

impl GivenKeys {
    /// With a text under `key` of `table`, if there is one.
    #[must_use]
    pub fn text(self, table: &'static str, key: &str, value: Option<&str>) -> Self {
        self.plain(table, key, value.map(|text| toml::Value::String(text.to_string())))
    }

    /// With a number, a flag or a list.
    #[must_use]
    pub fn plain(mut self, table: &'static str, key: &str, value: Option<impl Into<toml::Value>>) -> Self {
        self.0.extend(value.map(|value| (table, format!("{key} = {}\n", value.into()))));
        self
    }

    /// With atoms counted from 1.
    #[must_use]
    pub fn atoms(self, table: &'static str, key: &str, atoms: &[usize]) -> Self {
        let list: Vec<toml::Value> = atoms.iter().map(|atom| toml::Value::Integer(*atom as i64)).collect();
        self.plain(table, key, Some(list))
    }

    /// The tables, `first` in any case.
    pub(super) fn toml(&self, first: &'static str) -> String {
        let mut tables = vec![first];
        for (table, _) in &self.0 {
            if !tables.contains(table) {
                tables.push(table);
            }
        }
        tables.iter().fold(String::new(), |text, table| {
            let lines = self.0.iter().filter(|(own, _)| own == table).map(|(_, line)| line.as_str());
            text + &format!("\n[{table}]\n") + &lines.collect::<String>()
        })
    }
}
