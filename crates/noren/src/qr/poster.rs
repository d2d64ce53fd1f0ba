//! `noren qr poster`: a poster for the counter.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{bail, ensure};
use clap::Args;
use emvqr::link::{Kind, Link};
use emvqr::mpm::{Initiation, Profile, jpqr, tags};
use emvqr::payment_code::Table;
use emvqr::scan::{self, Code};
use noren_core::id::StoreId;
use qrdraw::Symbol;
use qrdraw::poster::{Format, Language, Poster};

use super::draw::{Form, Level, write};
use super::failed;
use super::input::Input;

pub const EXAMPLES: &str =
    "  noren qr poster --code 00020101021126... --wallets \"Alipay+,WeChat Pay\" -o poster.svg
  noren qr encode jpqr ... | noren qr poster --code - --format sticker > sticker.svg
  noren qr poster --code https://qr.paypay.ne.jp/... --shop さくら食堂 --lang ko -o poster.svg
  noren qr poster --code https://pay.example.jp/s/sto_... --shop さくら食堂 -o poster.svg";

#[derive(Args)]
pub struct Make {
    /// What the code on the poster says; - for stdin. It is read first: a poster of a code that
    /// cannot be paid is not made.
    #[arg(long)]
    code: String,
    /// The shop in Japanese. A JPQR code brings its own.
    #[arg(long)]
    shop: Option<String>,
    /// The shop in Latin letters. The code's own name when left out.
    #[arg(long)]
    shop_latin: Option<String>,
    /// Names of the wallets that the shop takes, with commas between them.
    #[arg(long, value_delimiter = ',')]
    wallets: Vec<String>,
    /// The main language: ja, en, zh-Hans, ko or th.
    #[arg(long, default_value = "ja")]
    lang: Language,
    /// The page: a4, a5 or sticker.
    #[arg(long, default_value = "a4")]
    format: Format,
    /// Number of the shop, printed small. Something of the code when left out.
    #[arg(long)]
    id: Option<String>,
    /// How much of the symbol may be lost: l 7 %, m 15 %, q 25 %, h 30 %.
    #[arg(long, value_enum, default_value_t = Level::Q)]
    level: Level,
    /// Where to write it, .svg; stdout without.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What a code itself says of the shop.
#[derive(Default)]
struct Known {
    name_ja: String,
    name_latin: String,
    id: String,
}

impl Make {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.svg() {
            Ok(svg) => write(self.output.as_deref(), svg.as_bytes()),
            Err(error) => Ok(failed(2, &error)),
        }
    }

    fn svg(&self) -> anyhow::Result<String> {
        ensure!(Form::of(self.output.as_deref())? == Form::Svg, "a poster is SVG; name it .svg");
        let text = Input::text(Some(self.code.clone()))?;
        let known = known(&text)?;
        let symbol = Symbol::new(&text, self.level.into())?;
        let wallets: Vec<&str> = self.wallets.iter().map(|wallet| wallet.trim()).collect();
        let poster = Poster {
            format: self.format,
            language: self.lang,
            name_ja: self.shop.as_deref().unwrap_or(&known.name_ja),
            name_latin: self.shop_latin.as_deref().unwrap_or(&known.name_latin),
            wallets: &wallets,
            merchant_id: self.id.as_deref().unwrap_or(&known.id),
            symbol: &symbol,
        };
        Ok(poster.svg()?)
    }
}

/// The store that a switch's own link names: `https://…/s/sto_…`.
fn store_of(text: &str) -> Option<StoreId> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let (host, store) = rest.rsplit_once("/s/")?;
    store.parse().ok().filter(|_| !host.is_empty())
}

/// Reads the code. A poster hangs for years, so one that is no use must not be printed.
fn known(text: &str) -> anyhow::Result<Known> {
    if let Some(store) = store_of(text) {
        return Ok(Known { id: store.to_string(), ..Known::default() });
    }
    let table = Table::builtin();
    let scanned = scan::read(text, &table);
    match scanned.code() {
        Ok(Code::Mpm(code)) => {
            if code.point_of_initiation() == Initiation::Dynamic {
                eprintln!(
                    "warning: the code is dynamic, made for one order; a poster wants a static one"
                );
            }
            if code.claims().contains(Profile::Jpqr) {
                let code = jpqr::read(text)?;
                return Ok(Known {
                    name_ja: code.name_ja.to_owned(),
                    name_latin: code.name_latin.to_owned(),
                    id: code.id.to_string(),
                });
            }
            // Where a name is required and nobody has one, codes say NA. The checksum tells one
            // code from another on a photograph, which is what the printed number is for.
            let name = code.merchant_name().filter(|name| *name != "NA").unwrap_or_default();
            let id = code.get(tags::CHECKSUM).unwrap_or_default().to_owned();
            Ok(Known { name_latin: name.to_owned(), id, ..Known::default() })
        }
        Ok(Code::Link(Link::Wallet(link))) => {
            match link.kind() {
                Kind::MerchantDynamic => {
                    eprintln!(
                        "warning: the link is made for one order; a poster wants a static one"
                    );
                }
                Kind::Sandbox => eprintln!("warning: the link is of a wallet's test service"),
                _ => {}
            }
            Ok(Known { id: link.token().to_owned(), ..Known::default() })
        }
        Ok(Code::Link(Link::Upi(link))) => Ok(Known {
            name_latin: link.payee_name().unwrap_or_default().into_owned(),
            id: link.payee().into_owned(),
            ..Known::default()
        }),
        Ok(Code::Cpm(_) | Code::Digits(_)) => {
            bail!("this is the code of a payer, good once; a poster shows the code of the shop")
        }
        Err(rejected) => bail!("{rejected}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switchs_own_link_names_its_store() {
        let store = crate::cast::SHOPS[0].store().to_string();
        for good in ["https://pay.example.jp/s/", "http://127.0.0.1:7400/s/", "https://x/below/s/"]
        {
            let known = known(&format!("{good}{store}")).unwrap();
            assert_eq!(known.id, store);
        }
        for bad in ["https://x/s/sto_1", "https://x/s/pay_1", "/s/x"] {
            assert_eq!(store_of(bad), None, "{bad}");
        }
    }
}
