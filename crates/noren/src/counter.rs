//! `noren tills` and `noren staff`: what stands at a merchant's counters, by the merchant API.

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::output::say;
use crate::payments::{Server, show};

/// Browsers that are tills.
#[derive(Subcommand)]
pub enum Tills {
    /// All tills, the newest first.
    #[command(
        after_help = "Examples:\n  noren tills list --key-file noren-data/keys/merchant-soba.json\n  noren tills list --jsonl | jq .title"
    )]
    List {
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        form: Form,
    },
    /// Make the browser that shows this code a till.
    #[command(
        after_help = "Examples:\n  noren tills pair WDJC-MJHT --store sto_… --title 'Counter 1' --key-file noren-data/keys/merchant-soba.json\n  noren tills pair wdjc-mjht --store sto_… --title Terrace --json"
    )]
    Pair {
        /// The 8 letters and digits on the till's screen.
        code: String,
        /// Where it sells; begins with sto_.
        #[arg(long)]
        store: String,
        /// As people there call it.
        #[arg(long)]
        title: String,
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        form: Form,
    },
    /// Make a till none: from its next call on.
    #[command(
        after_help = "Examples:\n  noren tills revoke till_… --key-file noren-data/keys/merchant-soba.json\n  noren tills revoke till_… --json"
    )]
    Revoke {
        /// Begins with till_.
        id: String,
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        form: Form,
    },
}

/// Who works at the tills.
#[derive(Subcommand)]
pub enum Staff {
    /// Everybody, by name.
    #[command(
        after_help = "Examples:\n  noren staff list --key-file noren-data/keys/merchant-soba.json\n  noren staff list --jsonl | jq .name"
    )]
    List {
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        form: Form,
    },
    /// Add somebody, or give them another role or PIN.
    #[command(
        after_help = "The PIN is asked for on a terminal, or read from --pin-file or stdin; it is no option,\nbecause others see a command's options.\n\nExamples:\n  noren staff add Hana --role clerk --key-file noren-data/keys/merchant-soba.json\n  noren staff add Ken --role supervisor --pin-file ken.pin"
    )]
    Add {
        /// As it stands on the sign-in page.
        name: String,
        /// What they may do.
        #[arg(long, value_enum, default_value_t = Role::Clerk)]
        role: Role,
        /// A file with 4 to 8 digits; - for stdin.
        #[arg(long, value_name = "FILE")]
        pin_file: Option<PathBuf>,
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        form: Form,
    },
    /// They work there no more.
    #[command(
        after_help = "Examples:\n  noren staff remove Hana --key-file noren-data/keys/merchant-soba.json\n  noren staff remove Hana --json"
    )]
    Remove {
        /// Who.
        name: String,
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        form: Form,
    },
}

/// What somebody may do at a till.
#[derive(Clone, Copy, ValueEnum)]
pub enum Role {
    /// Sells.
    Clerk,
    /// Gives money back, too.
    Supervisor,
}

/// How it is printed.
#[derive(clap::Args)]
pub struct Form {
    /// As the API gives it.
    #[arg(long)]
    json: bool,
    /// One JSON object a line.
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
}

impl Form {
    fn print(&self, object: &Value, line: fn(&Value) -> String) {
        let all = match object["data"].as_array() {
            Some(_) if self.json => std::slice::from_ref(object),
            Some(all) => all,
            None => std::slice::from_ref(object),
        };
        for one in all {
            match (self.json, self.jsonl) {
                (true, _) => say!("{one:#}"),
                (_, true) => say!("{one}"),
                _ => say!("{}", line(one)),
            }
        }
    }
}

/// Runs `noren tills`.
pub async fn tills(tills: Tills) -> anyhow::Result<ExitCode> {
    match tills {
        Tills::List { server, form } => {
            let answer = server.client()?.get("/v1/tills").await;
            show(answer, |list| form.print(list, till_line))
        }
        Tills::Pair { code, store, title, server, form } => {
            let body = json!({ "user_code": code, "store": store, "title": title });
            let answer = server.client()?.post("/v1/tills", None, &body).await;
            show(answer, |till| form.print(till, till_line))
        }
        Tills::Revoke { id, server, form } => {
            let path = format!("/v1/tills/{}/revoke", escaped(&id));
            let answer = server.client()?.post(&path, None, &json!({})).await;
            show(answer, |till| form.print(till, till_line))
        }
    }
}

/// Runs `noren staff`.
pub async fn staff(staff: Staff) -> anyhow::Result<ExitCode> {
    match staff {
        Staff::List { server, form } => {
            let answer = server.client()?.get("/v1/staff").await;
            show(answer, |list| form.print(list, staff_line))
        }
        Staff::Add { name, role, pin_file, server, form } => {
            let client = server.client()?;
            let pin = pin(pin_file)?;
            let role = match role {
                Role::Clerk => "clerk",
                Role::Supervisor => "supervisor",
            };
            let body = json!({ "role": role, "pin": pin });
            let answer = client.put(&format!("/v1/staff/{}", escaped(&name)), &body).await;
            show(answer, |staff| form.print(staff, staff_line))
        }
        Staff::Remove { name, server, form } => {
            let answer = server.client()?.delete(&format!("/v1/staff/{}", escaped(&name))).await;
            show(answer, |staff| form.print(staff, staff_line))
        }
    }
}

/// A PIN from a file, from stdin, or from whoever sits at the terminal.
fn pin(file: Option<PathBuf>) -> anyhow::Result<String> {
    let text = match file {
        Some(path) if path.as_os_str() != "-" => std::fs::read_to_string(&path)
            .with_context(|| format!("reading the PIN from {}", path.display()))?,
        asked => {
            let stdin = std::io::stdin();
            let mut text = String::new();
            if asked.is_none() && stdin.is_terminal() {
                let hidden = Hidden::begin();
                eprint!("PIN, 4 to 8 digits: ");
                stdin.read_line(&mut text).context("reading the PIN")?;
                drop(hidden);
                eprintln!();
            } else {
                stdin.lock().take(64).read_to_string(&mut text).context("reading the PIN")?;
            }
            text
        }
    };
    Ok(text.trim().to_owned())
}

/// While it lives, the terminal does not show what is typed.
struct Hidden(Option<rustix::termios::Termios>);

impl Hidden {
    fn begin() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = std::io::stdin();
        let Ok(before) = tcgetattr(&stdin) else { return Self(None) };
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        let done = tcsetattr(&stdin, OptionalActions::Now, &silent);
        Self(done.is_ok().then_some(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let now = rustix::termios::OptionalActions::Now;
            // Nothing is left to do about a terminal that has gone.
            let _ = rustix::termios::tcsetattr(std::io::stdin(), now, before);
        }
    }
}

/// A name in a path.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn word<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or("-")
}

fn till_line(till: &Value) -> String {
    let state = if till["revoked_at"].is_string() { "revoked" } else { "in use" };
    format!(
        "{} {} {} {state:<8} {:<12} {}",
        word(till, "id"),
        word(till, "created_at"),
        word(till, "store"),
        word(till, "staff"),
        word(till, "title"),
    )
}

fn staff_line(staff: &Value) -> String {
    let locked = staff["locked_until"].as_str().map(|until| format!("  locked until {until}"));
    let (name, role) = (word(staff, "name"), word(staff, "role"));
    format!("{role:<10} {name}{}", locked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_letters_stands_in_a_path() {
        assert_eq!(escaped("Hana"), "Hana");
        assert_eq!(escaped("健/?"), "%E5%81%A5%2F%3F");
    }

    #[test]
    fn a_line_says_what_counts() {
        let till = json!({"id": "till_1", "created_at": "2026-11-28T01:00:00.000Z", "store": "sto_1",
            "title": "Counter 1", "staff": null, "revoked_at": null});
        let line = till_line(&till);
        assert_eq!(line, "till_1 2026-11-28T01:00:00.000Z sto_1 in use   -            Counter 1");
        let ken = json!({"name": "Ken", "role": "supervisor", "locked_until": null});
        assert_eq!(staff_line(&ken), "supervisor Ken");
    }
}
