//! `noren ledger`: the books as people read them, and the proof that they are whole. Reads the
//! database of a state folder directly and changes nothing, so it may run beside a switch.

mod fx;
mod near;
mod proof;
mod statement;
mod when;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use noren_core::ledger::AccountName;
use noren_store::Reads;
use serde_json::{Value, json};

use crate::folder::Folder;
use noren_core::money::{Currency, Money};
use when::Bound;

/// What to do.
#[derive(Subcommand)]
pub enum Ledger {
    /// All accounts with their totals, added up over all slots.
    #[command(
        after_help = "Examples:\n  noren ledger accounts\n  noren ledger accounts payable JPY\n  noren ledger accounts --jsonl | jq -r .account"
    )]
    Accounts {
        /// Only accounts in whose names all of these words are.
        words: Vec<String>,
        #[command(flatten)]
        books: Books,
        #[command(flatten)]
        form: Form,
    },
    /// An account's opening balance, its lines, and its closing balance.
    #[command(
        after_help = "Examples:\n  noren ledger statement switch/fx_position/CNY\n  noren ledger statement merchant:mer_…/merchant_payable/JPY --from 2026-11-01 --to 2026-11-30\n  noren ledger statement switch/suspense/JPY --from 2026-11-21T09:00:00+09:00 --jsonl"
    )]
    Statement {
        /// As `noren ledger accounts` shows it: OWNER/KIND/CURRENCY.
        account: String,
        /// From this instant on (RFC 3339), or from the beginning of this day in Tokyo.
        #[arg(long, value_parser = when::from)]
        from: Option<Bound>,
        /// Until before this instant (RFC 3339), or to the end of this day in Tokyo.
        #[arg(long, value_parser = when::to)]
        to: Option<Bound>,
        #[command(flatten)]
        books: Books,
        #[command(flatten)]
        form: Form,
    },
    /// What an account came to at a time.
    #[command(
        after_help = "Examples:\n  noren ledger balance switch/fx_position/CNY\n  noren ledger balance merchant:mer_…/merchant_payable/JPY --at 2026-11-21\n  noren ledger balance switch/suspense/JPY --at 2026-11-21T12:00:00Z --json"
    )]
    Balance {
        /// As `noren ledger accounts` shows it: OWNER/KIND/CURRENCY.
        account: String,
        /// Just before this instant (RFC 3339), or at the end of this day in Tokyo. Now, if left
        /// out.
        #[arg(long, value_parser = when::to)]
        at: Option<Bound>,
        #[command(flatten)]
        books: Books,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// What conversion has left in each currency, and the gain or loss at the newest mid rates.
    #[command(after_help = "Examples:\n  noren ledger fx\n  noren ledger fx --json | jq .gain")]
    Fx {
        /// The currency in which it is added up.
        #[arg(long = "in", value_name = "CURRENCY", default_value = "JPY", value_parser = currency)]
        base: Currency,
        #[command(flatten)]
        books: Books,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Proves the whole ledger again, from its postings and the chain of its batches.
    #[command(
        after_help = "Examples:\n  noren ledger verify\n  noren ledger verify --data noren-data --json | jq '.checks[].faults'\n\nExit codes: 0 all of it is whole, 1 a fault was found, or it could not be read."
    )]
    Verify {
        #[command(flatten)]
        books: Books,
        /// One JSON document at the end, instead of a line a check.
        #[arg(long)]
        json: bool,
    },
}

/// Whose books.
#[derive(Args)]
pub struct Books {
    /// The state folder, or a database file.
    #[arg(long, env = "NOREN_DATA", default_value = "noren-data")]
    data: PathBuf,
}

/// How lists are printed.
#[derive(Args)]
pub struct Form {
    /// One JSON document.
    #[arg(long)]
    json: bool,
    /// One JSON object a line.
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
}

impl Books {
    fn file(&self) -> anyhow::Result<PathBuf> {
        let file = match self.data.is_file() {
            true => self.data.clone(),
            false => Folder::open(&self.data)?.database(),
        };
        if !file.is_file() {
            anyhow::bail!("{} is not there; no switch has run on this folder", file.display());
        }
        eprintln!("reading {}, and changing nothing", file.display());
        Ok(file)
    }

    fn reads(&self) -> anyhow::Result<Reads> {
        Ok(Reads::open(&self.file()?, 1)?)
    }
}

/// Runs the command. The exit code says what kind of failure it was.
pub fn run(ledger: &Ledger) -> anyhow::Result<ExitCode> {
    match ledger {
        Ledger::Accounts { words, books, form } => {
            statement::accounts(&books.reads()?, words, form)
        }
        Ledger::Statement { account, from, to, books, form } => {
            let reads = books.reads()?;
            match named(&reads, account)? {
                Ok(name) => statement::statement(&reads, &name, *from, *to, form),
                Err(code) => Ok(code),
            }
        }
        Ledger::Balance { account, at, books, json } => {
            let reads = books.reads()?;
            match named(&reads, account)? {
                Ok(name) => statement::balance(&reads, &name, *at, *json),
                Err(code) => Ok(code),
            }
        }
        Ledger::Fx { base, books, json } => fx::fx(&books.reads()?, *base, *json),
        Ledger::Verify { books, json } => proof::verify(&books.file()?, *json),
    }
}

/// The account of this name, or an exit code after saying what names are near.
fn named(reads: &Reads, text: &str) -> anyhow::Result<Result<AccountName, ExitCode>> {
    let totals = reads.account_totals()?;
    let read = text.parse::<AccountName>();
    if let Ok(name) = read
        && totals.iter().any(|total| total.name == name)
    {
        return Ok(Ok(name));
    }
    let code = match read {
        Ok(_) => {
            eprintln!("error: there is no account {text}");
            3
        }
        Err(error) => {
            eprintln!("error: {text} names no account: {error}");
            2
        }
    };
    let names: Vec<String> = totals.iter().map(|total| total.name.to_string()).collect();
    let near = near::near(text, &names);
    if near.is_empty() {
        eprintln!("`noren ledger accounts` shows all of them");
    } else {
        eprintln!("near to it:");
        near.iter().for_each(|name| eprintln!("  {name}"));
    }
    Ok(Err(ExitCode::from(code)))
}

fn currency(text: &str) -> Result<Currency, String> {
    text.parse().map_err(|_| "write a code of ISO 4217 such as JPY".to_owned())
}

fn amount(money: Money) -> Value {
    json!({ "amount": money.minor(), "currency": money.currency() })
}
