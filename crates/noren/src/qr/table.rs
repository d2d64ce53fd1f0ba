//! `noren qr table`: which wallet issued the digits that a payer shows.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Args;
use emvqr::payment_code::Table;

use super::failed;
use super::input::Input;
use crate::output::say;

pub const EXAMPLES: &str = "  noren qr table > codes.txt         the built-in table, to be extended
  noren qr table codes.txt           check a table of your own and print it
  scanner | noren qr table --route   the wallet of the digits on stdin";

/// A table of every wallet there is takes a few kilobytes.
const BYTES_MAX: u64 = 1024 * 1024;

#[derive(Args)]
pub struct Show {
    /// The table; the built-in one when left out.
    file: Option<PathBuf>,
    /// Print the wallet of these digits instead; of those on stdin when they are left out or -.
    #[arg(long, value_name = "DIGITS", num_args = 0..=1, default_missing_value = "-")]
    route: Option<String>,
}

impl Show {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let loaded = text(self.file.as_deref()).and_then(|text| {
            let table = parse(&text, self.file.as_deref())?;
            Ok((text, table))
        });
        let (text, table) = match loaded {
            Ok(loaded) => loaded,
            Err(error) => return Ok(failed(2, &error)),
        };
        let Some(digits) = self.route else {
            say!("{}", text.trim_end());
            return Ok(ExitCode::SUCCESS);
        };
        let digits = match Input::text(Some(digits)) {
            Ok(digits) => digits,
            Err(error) => return Ok(failed(2, &error)),
        };
        // Neither the answer nor the refusal repeats the digits, which work like money.
        match table.route(&digits) {
            Ok(wallet) => {
                say!("{wallet}");
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => Ok(failed(1, &error.into())),
        }
    }
}

/// The table of a file, or the built-in one.
///
/// # Errors
/// The file cannot be read, or does not hold a table.
pub fn load(file: Option<&Path>) -> anyhow::Result<Table> {
    parse(&text(file)?, file)
}

fn parse(text: &str, file: Option<&Path>) -> anyhow::Result<Table> {
    let from =
        || file.map_or_else(|| "the built-in table".to_owned(), |path| path.display().to_string());
    Table::parse(text).with_context(from)
}

fn text(file: Option<&Path>) -> anyhow::Result<String> {
    let Some(path) = file else {
        return Ok(Table::BUILTIN.to_owned());
    };
    let read = || -> anyhow::Result<String> {
        let mut text = String::new();
        File::open(path)?.take(BYTES_MAX + 1).read_to_string(&mut text)?;
        ensure!(text.len() as u64 <= BYTES_MAX, "it has over {BYTES_MAX} bytes");
        Ok(text)
    };
    read().with_context(|| format!("cannot read the table {}", path.display()))
}
