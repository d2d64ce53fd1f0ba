//! `noren payments`: what a merchant may see, from a shell.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Subcommand};
use noren_core::id::PaymentId;
use ring::rand::SecureRandom;
use serde_json::{Value, json};

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
    /// What is in doubt now, and how long nobody knew what became of the payments of the last
    /// hours, wallet by wallet. Needs an operator's key.
    #[command(
        after_help = "Times are in seconds. Exits 0 also when something is in doubt.\n\nExamples:\n  noren payments doubt --key-file noren-data/keys/operator.json\n  noren payments doubt --hours 1 --jsonl | jq 'select(.open > 0)'"
    )]
    Doubt {
        #[command(flatten)]
        server: Server,
        /// Payments created in the last so many hours, 1 to 744.
        #[arg(long, default_value_t = 24)]
        hours: u32,
        /// The list as the API gives it.
        #[arg(long)]
        json: bool,
        /// One JSON object a line, for each wallet.
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
        /// The whole object in one line.
        #[arg(long, conflicts_with = "json")]
        jsonl: bool,
    },
    /// Take a part of what is held, or all of it.
    #[command(
        after_help = "Examples:\n  noren payments capture pay_… 24000 --key-file noren-data/keys/merchant-ryokan.json\n  noren payments capture pay_… 500 --wait 15 --json"
    )]
    Capture {
        /// Begins with pay_.
        id: String,
        #[command(flatten)]
        amount: Amount,
        #[command(flatten)]
        write: Write,
    },
    /// Release what is held and not captured.
    #[command(
        after_help = "Examples:\n  noren payments void pay_… --key-file noren-data/keys/merchant-ryokan.json\n  noren payments void pay_… --wait 15"
    )]
    Void {
        /// Begins with pay_.
        id: String,
        #[command(flatten)]
        write: Write,
    },
    /// Let a payment not stand; what is captured is refunded instead.
    #[command(
        after_help = "Examples:\n  noren payments cancel pay_… --key-file noren-data/keys/merchant-soba.json\n  noren payments cancel pay_… --jsonl | jq .status"
    )]
    Cancel {
        /// Begins with pay_.
        id: String,
        #[command(flatten)]
        write: Write,
    },
    /// Give money back, at most what was captured.
    #[command(
        after_help = "Examples:\n  noren payments refund pay_… 500 --key-file noren-data/keys/merchant-soba.json\n  noren payments refund pay_… 500 --key 2026-1121-0042-back"
    )]
    Refund {
        /// Begins with pay_.
        id: String,
        #[command(flatten)]
        amount: Amount,
        #[command(flatten)]
        write: Write,
    },
}

/// How much.
#[derive(Args)]
pub struct Amount {
    /// A whole number of minor units: 1200 is 1,200 yen.
    amount: i64,
    /// ISO 4217, the order's.
    #[arg(long, default_value = "JPY")]
    currency: String,
}

impl Amount {
    fn shown(&self) -> Value {
        json!({ "amount": self.amount, "currency": self.currency })
    }
}

/// How something is asked for that moves money.
#[derive(Args)]
pub struct Write {
    #[command(flatten)]
    server: Server,
    /// The Idempotency-Key: repeat a call with the same one. Without it a new one is made, and
    /// named when nobody answers.
    #[arg(long)]
    key: Option<String>,
    /// Wait so many seconds, at most 20, until there is an end.
    #[arg(long)]
    wait: Option<u32>,
    /// The whole object.
    #[arg(long)]
    json: bool,
    /// The whole object in one line.
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
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
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
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
        Payments::Doubt { server, hours, json, jsonl } => {
            let answer = server.client()?.get(&format!("/v1/doubt?hours={hours}")).await;
            show(answer, |list| {
                if json {
                    say!("{list}");
                    return;
                }
                if !jsonl {
                    say!("{DOUBT_HEAD}");
                }
                for doubt in list["data"].as_array().into_iter().flatten() {
                    if jsonl { say!("{doubt}") } else { say!("{}", doubt_line(doubt)) }
                }
            })
        }
        Payments::Get { id, server, json, jsonl } => {
            let Some(id) = payment_id(&id) else { return Ok(ExitCode::from(2)) };
            let answer = server.client()?.get(&format!("/v1/payments/{id}")).await;
            show(answer, |payment| one(payment, json, jsonl))
        }
        Payments::Capture { id, amount, write } => {
            let Some(id) = payment_id(&id) else { return Ok(ExitCode::from(2)) };
            let body = json!({ "amount": amount.shown() });
            write.send(&format!("/v1/payments/{id}/captures"), &body).await
        }
        Payments::Void { id, write } => {
            let Some(id) = payment_id(&id) else { return Ok(ExitCode::from(2)) };
            write.send(&format!("/v1/payments/{id}/void"), &json!({})).await
        }
        Payments::Cancel { id, write } => {
            let Some(id) = payment_id(&id) else { return Ok(ExitCode::from(2)) };
            write.send(&format!("/v1/payments/{id}/cancel"), &json!({})).await
        }
        Payments::Refund { id, amount, write } => {
            let Some(id) = payment_id(&id) else { return Ok(ExitCode::from(2)) };
            let body = json!({ "payment": id, "amount": amount.shown() });
            write.send("/v1/refunds", &body).await
        }
    }
}

impl Write {
    async fn send(self, path: &str, body: &Value) -> anyhow::Result<ExitCode> {
        let key = match self.key {
            Some(key) => key,
            None => new_key()?,
        };
        let mut client = self.server.client()?;
        if let Some(seconds) = self.wait {
            client = client.waiting(seconds);
        }
        let answer = client.post(path, Some(&key), body).await;
        let declined = match &answer {
            Ok(answer) => answer.body["status"] == "declined",
            Err(_) => {
                eprintln!("it may have been done; repeat it with --key {key}");
                false
            }
        };
        let code = show(answer, |object| one(object, self.json, self.jsonl))?;
        Ok(if declined && code == ExitCode::SUCCESS { ExitCode::from(6) } else { code })
    }
}

/// 128 bits from the system's generator.
fn new_key() -> anyhow::Result<String> {
    let mut bits = [0; 16];
    let filled = ring::rand::SystemRandom::new().fill(&mut bits);
    filled.map_err(|_| anyhow::anyhow!("the system has no random bits"))?;
    Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// `None` after saying why not.
fn payment_id(text: &str) -> Option<PaymentId> {
    text.parse()
        .map_err(|error| {
            eprintln!("error: {text} is no payment's id: {error}; it begins with pay_");
        })
        .ok()
}

fn one(object: &Value, json: bool, jsonl: bool) {
    match (json, jsonl) {
        (true, _) => say!("{object:#}"),
        (_, true) => say!("{object}"),
        _ => say!("{}", line(object)),
    }
}

const DOUBT_HEAD: &str = "wallet       open  oldest_s next             payments doubted   p50_s   p95_s   max_s     sum_s  ended";

/// A wallet's doubts as a row of the table under [`DOUBT_HEAD`].
fn doubt_line(doubt: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let seconds = |value: &Value| match value.as_u64() {
        Some(ms) => format!("{}.{}", ms / 1_000, ms / 100 % 10),
        None => "-".to_owned(),
    };
    let oldest = &doubt["oldest"];
    let next = match (oldest["next_action"].as_str(), oldest["next_at"].as_str()) {
        // Of the instant, the time of day.
        (Some(action), Some(at)) => format!("{action} {}", at.get(11..19).unwrap_or(at)),
        _ => "-".to_owned(),
    };
    let spread = &doubt["unknown_ms"];
    let ended = doubt["ended"].as_object().into_iter().flatten();
    let ended: Vec<String> = ended.map(|(status, count)| format!("{status}={count}")).collect();
    format!(
        "{:<11} {:>5} {:>9} {:<16} {:>8} {:>7} {:>7} {:>7} {:>7} {:>9}  {}",
        doubt["wallet"].as_str().unwrap_or("-"),
        number(&doubt["open"]),
        seconds(&oldest["age_ms"]),
        next,
        number(&doubt["payments"]),
        number(&doubt["doubted"]),
        seconds(&spread["p50"]),
        seconds(&spread["p95"]),
        seconds(&spread["max"]),
        seconds(&spread["sum"]),
        if ended.is_empty() { "-".to_owned() } else { ended.join(" ") },
    )
}

/// States are words of letters and underscores; anything else cannot be one, and must not reach
/// into the query.
fn word(status: &str) -> String {
    status.chars().map(|c| if c.is_ascii_alphabetic() || c == '_' { c } else { '-' }).collect()
}

fn line(payment: &Value) -> String {
    let text = |name: &str| payment[name].as_str().unwrap_or("-").to_owned();
    let amount = &payment["amount"];
    if payment["object"] != "payment" {
        // A capture or a refund: of which payment it is.
        return format!(
            "{} {} {:<17} {} {} {}",
            text("id"),
            text("created_at"),
            text("status"),
            amount["currency"].as_str().unwrap_or_default(),
            amount["amount"],
            text("payment"),
        );
    }
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

/// Prints what was answered, or what went wrong; gives the exit code.
pub(crate) fn show(
    answer: anyhow::Result<Answer>,
    print: impl FnOnce(&Value),
) -> anyhow::Result<ExitCode> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_of_the_doubt_table_stands_under_its_head() {
        let doubt = json!({
            "wallet": "alipayplus", "open": 12, "payments": 3_400, "doubted": 40,
            "oldest": {"age_ms": 61_250, "next_action": "inquire",
                "next_at": "2026-11-21T15:30:00.123Z"},
            "unknown_ms": {"p50": 5_000, "p95": 60_049, "max": 120_000, "sum": 999_900},
            "ended": {"captured": 25, "reversed": 3},
        });
        let line = doubt_line(&doubt);
        assert_eq!(
            line,
            "alipayplus     12      61.2 inquire 15:30:00     3400      40     5.0    60.0   120.0     999.9  captured=25 reversed=3"
        );
        assert_eq!(line.find("captured"), DOUBT_HEAD.find("ended"));
        let quiet = json!({"wallet": "noren", "open": 0, "payments": 5, "doubted": 0,
            "oldest": null, "unknown_ms": null, "ended": {}});
        assert_eq!(
            doubt_line(&quiet),
            "noren           0         - -                       5       0       -       -       -         -  -"
        );
    }
}
