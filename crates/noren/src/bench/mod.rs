//! `noren bench`: what the engine, the durable path, the screens and the payment codes do on this
//! machine.
//!
//! A bench payment is a real one: an order and a client key of its own, a conversion, an intent
//! that is committed before the wallet's answer exists, then the answer with 8 postings; 2 events
//! and the stored answer. Rows are counted, and the file passes the audit afterwards.

mod engine;
mod load;
mod pages;
mod qr;
mod store;

use clap::Subcommand;

use crate::output::say;

/// What to measure.
#[derive(Subcommand)]
pub enum Bench {
    /// The engine alone, in memory, one thread.
    #[command(before_help = "  noren bench engine\n  noren bench engine --payments 1000000 --json")]
    Engine {
        /// Payments to make.
        #[arg(long, default_value_t = 400_000)]
        payments: u64,
        /// One JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Durable: the same queue, engine and writer as `serve`, from clients that wait.
    #[command(
        before_help = "  noren bench store\n  noren bench store --clients 1000 --json | jq .result"
    )]
    Store {
        /// Payments to make.
        #[arg(long, default_value_t = 200_000)]
        payments: u64,
        /// Clients that each wait for their replies.
        #[arg(long, default_value_t = 8_000)]
        clients: u64,
        /// Earlier payments whose names (four each) are in the database before the clock starts.
        #[arg(long, default_value_t = 0)]
        old_payments: u64,
        /// The database is made in a new folder below this one, and removed when it has passed the
        /// audit. The system's temporary folder by default.
        #[arg(long)]
        data: Option<std::path::PathBuf>,
        /// One JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// The screens: server time and bytes of each, over HTTP on this machine.
    #[command(before_help = "  noren bench pages\n  noren bench pages --json | jq .result")]
    Pages {
        /// Requests for each page.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
        requests: u32,
        /// One JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Payment codes: reading and writing them, beside the least that any reader has to do.
    #[command(before_help = "  noren bench qr\n  noren bench qr --json | jq .result")]
    Qr {
        /// In each every code has a turn. The median of them counts.
        #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
        /// One JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
}

/// Runs a bench and prints its result.
pub fn run(bench: Bench) -> anyhow::Result<()> {
    let (json, report) = match bench {
        Bench::Engine { payments, json } => (json, engine::run(payments)?),
        Bench::Store { payments, clients, old_payments, data, json } => {
            (json, store::run(payments, clients, old_payments, data)?)
        }
        Bench::Pages { requests, json } => (json, pages::run(requests as usize)?),
        Bench::Qr { rounds, json } => (json, qr::run(rounds)?),
    };
    match report["bench"].as_str() {
        _ if json => say!("{report}"),
        Some("pages") => pages::print(&report),
        Some("qr") => qr::print(&report),
        _ => print_table(&report),
    }
    Ok(())
}

fn print_table(report: &serde_json::Value) {
    for section in ["bench", "settings", "result", "rows", "memory", "audit"] {
        match &report[section] {
            serde_json::Value::Object(members) => {
                say!("{section}");
                for (name, value) in members {
                    say!("  {name:<28} {value}");
                }
            }
            serde_json::Value::Array(lines) => {
                say!("{section}");
                lines.iter().for_each(|line| say!("  {line}"));
            }
            serde_json::Value::Null => {}
            value => say!("{section} {value}"),
        }
    }
}
