//! Names of users, groups and file systems, from the files that hold them.

use std::collections::HashMap;

/// Names by number, and numbers by name.
#[derive(Default)]
pub struct Accounts {
    names: HashMap<u32, String>,
    numbers: HashMap<String, u32>,
}

impl Accounts {
    /// From `/etc/passwd` or `/etc/group`.
    pub fn read(path: &str) -> Accounts {
        let mut accounts = Accounts::default();
        for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
            let fields: Vec<&str> = line.split(':').collect();
            if let (Some(name), Some(number)) = (fields.first(), fields.get(2).and_then(|field| field.parse().ok())) {
                accounts.names.entry(number).or_insert_with(|| (*name).to_string());
                accounts.numbers.entry((*name).to_string()).or_insert(number);
            }
        }
        accounts
    }

    pub fn name(&self, number: u32) -> Option<&str> {
        self.names.get(&number).map(String::as_str)
    }

    pub fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }
}

/// The type of the file system a path is on, by the longest mount point that leads to it.
pub fn file_system(path: &[u8]) -> String {
    let whole = std::fs::canonicalize(crate::entry::path(path)).unwrap_or_default();
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let fields = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let leading = fields.filter(|(point, _)| whole.starts_with(point));
    leading.max_by_key(|(point, _)| point.len()).map_or_else(|| "unknown".into(), |(_, kind)| kind.into())
}
