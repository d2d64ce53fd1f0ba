//! `noren qr`: payment codes from a shell, read, written and drawn.

mod assemble;
mod decode;
mod draw;
mod encode;
mod explain;
mod input;
mod lines;
mod poster;
mod record;
mod table;

use std::process::ExitCode;

use clap::Subcommand;
use emvqr::mpm::Profile;
use emvqr::scan::Hint;

/// What to do.
#[derive(Subcommand)]
pub enum Qr {
    /// What a scanned text or a picture is: a payment code of which kind, by whom, and whether it
    /// may be used.
    #[command(before_help = decode::EXAMPLES, after_help = decode::NOTES)]
    Decode(decode::Decode),
    /// Write the text of a code.
    #[command(before_help = encode::EXAMPLES, after_help = encode::NOTES)]
    Encode(Box<encode::Encode>),
    /// Draw a code as SVG or PNG.
    #[command(before_help = draw::EXAMPLES)]
    Draw(draw::Draw),
    /// A poster for the counter, as SVG.
    #[command(before_help = poster::EXAMPLES)]
    Poster(poster::Make),
    /// The table by which payment-code digits are routed to wallets.
    #[command(before_help = table::EXAMPLES)]
    Table(table::Show),
}

/// Runs the command.
pub fn run(command: Qr) -> anyhow::Result<ExitCode> {
    match command {
        Qr::Decode(decode) => decode.run(),
        Qr::Encode(encode) => encode.run(),
        Qr::Draw(draw) => draw.run(),
        Qr::Poster(poster) => poster.run(),
        Qr::Table(table) => table.run(),
    }
}

/// Says why, and gives the exit code: 1 for what was asked and is not so, 2 for how it was asked.
fn failed(code: u8, error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(code)
}

/// What a name says of a text.
fn hint(name: &str) -> Result<Hint, String> {
    Hint::named(name).ok_or_else(|| {
        let profiles = Profile::ALL.iter().map(|profile| profile.label());
        let names: Vec<&str> = profiles.chain(Hint::NAMES.map(|(name, _)| name)).collect();
        format!("No profile has that name; the names are {}.", names.join(", "))
    })
}
