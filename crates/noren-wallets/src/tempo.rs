//! How fast a wallet's rules run: as published, to be watched, or for tests.

use noren_core::time::Span;
use noren_core::wallet::Profile;

/// Which times of a `profile.toml` apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tempo {
    /// What the network mandates.
    #[default]
    Published,
    /// Seconds instead of minutes, for a demonstration.
    Demo,
    /// Milliseconds, for tests.
    Test,
}

impl Tempo {
    /// How long a sandbox takes for what takes time: an "unknown" that is decided later, the
    /// pause before a repeat. Inside the ladder of the profile, so that an inquiry finds it.
    pub const fn pace(self) -> Span {
        match self {
            Self::Published => Span::seconds(10),
            Self::Demo => Span::millis(1_200),
            Self::Test => Span::millis(120),
        }
    }

    const fn table(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Demo => "demo",
            Self::Test => "test",
        }
    }
}

/// The profile in a folder's `profile.toml`: the published table, with the times of `tempo` over
/// it. Panics when the file that was compiled in is broken; a test reads each.
pub(crate) fn read_profile(text: &str, tempo: Tempo) -> Profile {
    let mut tables: toml::Table = text.parse().expect("profile.toml is TOML");
    let mut take = |name: &str| match tables.remove(name) {
        Some(toml::Value::Table(table)) => table,
        _ => panic!("profile.toml has a table [{name}]"),
    };
    let mut profile = take(Tempo::Published.table());
    if tempo != Tempo::Published {
        profile.extend(take(tempo.table()));
    }
    profile.try_into().expect("profile.toml has every member of a profile and no other")
}
