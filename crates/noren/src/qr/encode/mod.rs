//! `noren qr encode`: the text of a code, from its parts.

mod bharatqr;
mod duitnow;
mod emv;
mod hkfps;
mod jpqr;
mod khqr;
mod paynow;
mod promptpay;
mod qris;
mod qrph;
mod upi;
mod vietqr;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use emvqr::finding::Finding;
use emvqr::link::upi::Faulty;
use emvqr::{cpm, mpm};

use super::{assemble, failed};
use crate::output::say;

pub const EXAMPLES: &str = "  noren qr encode jpqr --id 0000000000001-0001-000001-000001 --name \"SAKURA SHOKUDO\" \\
      --name-ja さくら食堂 --city KYOTO --postal 6008216 --mcc 5812 --amount 1580 --reference ORDER-1
  noren qr encode promptpay --mobile 081-234-5678 --amount 250.00
  noren qr encode paynow --uen 201403121W --reference INV-7 | noren qr draw -o code.svg
  noren qr encode emv 26.00=com.example.pay 26.01=4711 52=5812 53=392 58=JP 59=SHOP 60=TOKYO
  noren qr decode --jsonl < texts.jsonl | noren qr encode --jsonl";

pub const NOTES: &str =
    "With an amount a code is dynamic, made for one order; without, the payer types the amount.
What is written is read back: a code that readers would find fault with is not written, and
the error says what to change. With --jsonl each line is the object that decode --jsonl gives
(or only its `objects`, each with `t` and `v` or `sub`) and is answered by {\"payload\"} or
{\"error\"}; the checksum is computed anew, and no other rule is applied.";

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct Encode {
    /// Put objects together, a code a line.
    #[arg(long)]
    jsonl: bool,
    #[command(subcommand)]
    code: Option<Code>,
}

#[derive(Subcommand)]
enum Code {
    /// Japan: a shop's JPQR code.
    #[command(
        before_help = "  noren qr encode jpqr --id 0000000000001-0001-000001-000001 --name SAKURA \\\n      --name-ja さくら --city KYOTO --postal 6008216 --mcc 5812"
    )]
    Jpqr(jpqr::Jpqr),
    /// Japan: the JPQR code that a payer shows as a QR symbol.
    #[command(
        before_help = "  noren qr encode jpqr-cpm --operator 90000002 --payment-id 9000000212345678901234"
    )]
    JpqrCpm(jpqr::JpqrCpm),
    /// Thailand: transfer to a proxy, or a bill.
    #[command(
        before_help = "  noren qr encode promptpay --mobile 081-234-5678 --amount 250.00\n  noren qr encode promptpay --biller 099400016550100 --reference1 A17 --amount 99.50"
    )]
    Promptpay(promptpay::PromptPay),
    /// Singapore: transfer to a proxy.
    #[command(
        before_help = "  noren qr encode paynow --uen 201403121W --amount 12.50 --reference INV-7"
    )]
    Paynow(paynow::PayNow),
    /// Malaysia.
    #[command(
        before_help = "  noren qr encode duitnow --acquirer 588734 --merchant-id A1 --name KEDAI --mcc 5812"
    )]
    Duitnow(duitnow::DuitNow),
    /// Cambodia.
    #[command(
        before_help = "  noren qr encode khqr --account shop@bank --name SHOP --amount 4000 --valid-for 300"
    )]
    Khqr(khqr::Khqr),
    /// Indonesia.
    #[command(
        before_help = "  noren qr encode qris --acquirer ID.CO.TELKOM.WWW --pan 9360089800000000018 \\\n      --merchant-id 000000000000001 --nmid ID1020000000001 --criteria UMI \\\n      --name WARUNG --city JAKARTA --postal 10110 --mcc 5812"
    )]
    Qris(qris::Qris),
    /// Vietnam: an account at a bank, or a merchant of VNPAY.
    #[command(
        before_help = "  noren qr encode vietqr --bank 970403 --number 0011012345678 --amount 180000"
    )]
    Vietqr(vietqr::VietQr),
    /// Philippines.
    #[command(
        before_help = "  noren qr encode qrph --bic GXCHPHM2XXX --merchant-id 217 --mcc 5814 --name SHOP --city Taguig\n  noren qr encode qrph --bic GXCHPHM2XXX --account 123 --name ANA --city Taguig"
    )]
    Qrph(qrph::QrPh),
    /// Hong Kong: Faster Payment System.
    #[command(before_help = "  noren qr encode hkfps --fps-id 9999999 --amount 123")]
    Hkfps(hkfps::HkFps),
    /// India: cards, bank account and UPI in one code.
    #[command(
        before_help = "  noren qr encode bharatqr --vpa shop@icici --name SHOP --city Delhi --postal 110011 --mcc 5411"
    )]
    Bharatqr(bharatqr::BharatQr),
    /// India: a UPI link.
    #[command(
        before_help = "  noren qr encode upi --payee chaipoint@okaxis --name \"Chai Point\" --amount 149.50"
    )]
    Upi(upi::Upi),
    /// Any EMV code, object by object.
    #[command(
        before_help = "  noren qr encode emv 26.00=com.example.pay 26.01=4711 52=5812 53=392 58=JP 59=SHOP 60=TOKYO"
    )]
    Emv(emv::Emv),
}

impl Encode {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Some(code) = self.code else {
            return assemble::run();
        };
        match code.text() {
            Ok(text) => {
                say!("{text}");
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                let Some(faults) = faults(&error) else {
                    return Ok(failed(2, &error));
                };
                eprintln!("error: the code is not written; readers would find fault with it:");
                faults.iter().for_each(|finding| eprintln!("  {finding}"));
                Ok(ExitCode::from(2))
            }
        }
    }
}

/// What readers would find, when that is why a code is not written.
fn faults(error: &anyhow::Error) -> Option<&[Finding]> {
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(mpm::BuildError::Faulty(findings)), _) => Some(findings),
        (_, Some(cpm::BuildError::Faulty(findings))) => Some(findings),
        _ => error.downcast_ref().map(Faulty::findings),
    }
}

impl Code {
    fn text(self) -> anyhow::Result<String> {
        match self {
            Self::Jpqr(code) => code.text(),
            Self::JpqrCpm(code) => code.text(),
            Self::Promptpay(code) => code.text(),
            Self::Paynow(code) => code.text(),
            Self::Duitnow(code) => code.text(),
            Self::Khqr(code) => code.text(),
            Self::Qris(code) => code.text(),
            Self::Vietqr(code) => code.text(),
            Self::Qrph(code) => code.text(),
            Self::Hkfps(code) => code.text(),
            Self::Bharatqr(code) => code.text(),
            Self::Upi(code) => code.text(),
            Self::Emv(code) => code.text(),
        }
    }
}

/// `15=31000000…` of a flag that may be given more than once.
fn account(text: &str) -> Result<(emvqr::tlv::Tag, String), String> {
    let form = "write it as TAG=VALUE with a tag of two digits, as in 15=3100000000000000";
    let (tag, value) = text.split_once('=').ok_or(form)?;
    let digits = tag.len() == 2 && tag.bytes().all(|byte| byte.is_ascii_digit());
    let tag = tag.parse().ok().filter(|_| digits).and_then(emvqr::tlv::Tag::new);
    Ok((tag.ok_or(form)?, value.to_owned()))
}

/// The borrowed form that builders take.
fn borrowed(accounts: &[(emvqr::tlv::Tag, String)]) -> Vec<(emvqr::tlv::Tag, &str)> {
    accounts.iter().map(|(tag, value)| (*tag, value.as_str())).collect()
}
