//! `noren payments`: what a merchant may see, from a shell.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::client::{Answer, Client};
use crate::output::say;

/// What to do.
#[derive(Subcommand)]
pub enum Payments {
    /// The newest payments.
    #[command(
        after_help = "Examples:\n  noren payments list --key-file noren-data/keys/merchant-soba.json\n  noren payments list --jsonl | jq .id"
    )]
    List {
        #[command(flatten)]
        server: Server,
        /// Only payments in this state, for instance captured.
        #[arg(long)]
        status: Option<String>,
        /// At most so many, 1 to 100.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// The list as the API gives it.
        #[arg(long)]
        json: bool,
        /// One JSON object a line.
        #[arg(long, conflicts_with = "json")]
        jsonl: bool,
    },
    /// One payment.
    #[command(
        after_help = "Examples:\n  noren payments get pay_… --key-file noren-data/keys/merchant-soba.json\n  noren payments get pay_… --json"
    )]
    Get {
        /// Begins with pay_.
        id: String,
        #[command(flatten)]
        server: Server,
        /// The whole object.
        #[arg(long)]
        json: bool,
    },
}

/// Which server, as whom.
#[derive(Args)]
pub struct Server {
    /// Where the switch listens.
    #[arg(long, env = "NOREN_URL", default_value = "http://127.0.0.1:7400")]
    url: String,
    /// A key file of a state folder (keys/*.json). Without it, the environment's NOREN_API_KEY.
    #[arg(long, env = "NOREN_KEY_FILE")]
    key_file: Option<PathBuf>,
}

impl Server {
    fn client(&self) -> anyhow::Result<Client> {
        let key = match &self.key_file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("reading the key file {}", path.display()))?;
                let kept: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
                let token = kept["token"].as_str().map(str::to_owned);
                Some(token.unwrap_or_else(|| text.trim().to_owned()))
            }
            None => std::env::var("NOREN_API_KEY").ok(),
        };
        Client::new(&self.url, key, Duration::from_millis(500))
    }
}

/// Runs the command. The exit code says what kind of failure it was.
pub async fn run(payments: Payments) -> anyhow::Result<ExitCode> {
    match payments {
        Payments::List { server, status, limit, json, jsonl } => {
            let filter =
                status.map(|status| format!("&status={}", word(&status))).unwrap_or_default();
            let answer = server.client()?.get(&format!("/v1/payments?limit={limit}{filter}")).await;
            show(answer, |list| {
                if json {
                    say!("{list}");
                    return;
                }
                for payment in list["data"].as_array().into_iter().flatten() {
                    if jsonl { say!("{payment}") } else { say!("{}", line(payment)) }
                }
            })
        }
        Payments::Get { id, server, json } => {
            let id: noren_core::id::PaymentId = match id.parse() {
                Ok(id) => id,
                Err(error) => {
                    eprintln!("error: {id} is no payment's id: {error}; it begins with pay_");
                    return Ok(ExitCode::from(2));
                }
            };
            let answer = server.client()?.get(&format!("/v1/payments/{id}")).await;
            show(answer, |payment| if json { say!("{payment}") } else { say!("{}", line(payment)) })
        }
    }
}

/// States are words of letters and underscores; anything else cannot be one, and must not reach
/// into the query.
fn word(status: &str) -> String {
    status.chars().map(|c| if c.is_ascii_alphabetic() || c == '_' { c } else { '-' }).collect()
}

fn line(payment: &Value) -> String {
    let text = |name: &str| payment[name].as_str().unwrap_or("-").to_owned();
    let amount = &payment["amount"];
    format!(
        "{} {} {:<17} {:<11} {} {} {}",
        text("id"),
        text("created_at"),
        text("status"),
        text("wallet"),
        amount["currency"].as_str().unwrap_or_default(),
        amount["amount"],
        text("order_number"),
    )
}

fn show(answer: anyhow::Result<Answer>, print: impl FnOnce(&Value)) -> anyhow::Result<ExitCode> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            eprintln!("error: {error:#}; is the switch running? `noren demo` starts one");
            return Ok(ExitCode::from(7));
        }
    };
    let code = match answer.status {
        200..300 => {
            print(&answer.body);
            return Ok(ExitCode::SUCCESS);
        }
        401 | 403 => 4,
        404 => 3,
        409 => 5,
        400 | 422 => 2,
        _ => 1,
    };
    if let Err(error) = answer.success() {
        eprintln!("error: {error}");
    }
    Ok(ExitCode::from(code))
}
