//! `noren qr draw`: a code as a picture.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use qrdraw::{BarCode, Digits, Dpi, Length, Symbol};

use super::failed;
use super::input::Input;
use crate::output::say;

pub const EXAMPLES: &str = "  noren qr draw 00020101021126... > code.svg
  noren qr encode promptpay --mobile 081-234-5678 | noren qr draw -o code.png --size-mm 30
  scanner | noren qr draw --barcode -o code.svg      digits as Code 128";

/// Height of the bars of a bar code. Hand scanners want 5 mm at least.
const BARS: Length = Length::mm(15);

#[derive(Args)]
pub struct Draw {
    /// What the code says; stdin when left out or -.
    text: Option<String>,
    /// Where to write it, .svg or .png; SVG to stdout without.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How much of the symbol may be lost: l 7 %, m 15 %, q 25 %, h 30 %.
    #[arg(long, value_enum, default_value_t = Level::M)]
    level: Level,
    /// Width of the whole picture, margins included.
    #[arg(long, value_name = "MM", default_value = "40")]
    size_mm: Length,
    /// Printer dots in an inch, for PNG.
    #[arg(long, default_value = "300")]
    dpi: Dpi,
    /// Digits as a bar code (Code 128) instead of a QR symbol.
    #[arg(long, conflicts_with = "level")]
    barcode: bool,
}

/// How much of a symbol may be lost.
#[derive(Clone, Copy, ValueEnum)]
pub enum Level {
    L,
    M,
    Q,
    H,
}

impl From<Level> for qrdraw::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::L => Self::L,
            Level::M => Self::M,
            Level::Q => Self::Q,
            Level::H => Self::H,
        }
    }
}

/// In which form a picture is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Svg,
    Png,
}

impl Form {
    /// By the ending of the file's name.
    ///
    /// # Errors
    /// It is neither `.svg` nor `.png`.
    pub fn of(output: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = output else {
            return Ok(Self::Svg);
        };
        match path.extension().and_then(|ending| ending.to_str()) {
            Some(ending) if ending.eq_ignore_ascii_case("svg") => Ok(Self::Svg),
            Some(ending) if ending.eq_ignore_ascii_case("png") => Ok(Self::Png),
            _ => bail!("{} ends neither in .svg nor in .png", path.display()),
        }
    }
}

impl Draw {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let drawn = Form::of(self.output.as_deref())
            .and_then(|form| self.picture(&Input::text(self.text.clone())?, form));
        match drawn {
            Ok(picture) => write(self.output.as_deref(), &picture),
            Err(error) => Ok(failed(2, &error)),
        }
    }

    fn picture(&self, text: &str, form: Form) -> anyhow::Result<Vec<u8>> {
        Ok(match (self.barcode, form) {
            (false, Form::Svg) => self.symbol(text)?.svg(self.size_mm)?.into_bytes(),
            (false, Form::Png) => self.symbol(text)?.png(self.size_mm, self.dpi)?.bytes,
            (true, Form::Svg) => {
                BarCode::new(text)?.svg(self.size_mm, BARS, Digits::Shown)?.into_bytes()
            }
            (true, Form::Png) => BarCode::new(text)?.png(self.size_mm, BARS, self.dpi)?.bytes,
        })
    }

    fn symbol(&self, text: &str) -> anyhow::Result<Symbol> {
        Ok(Symbol::new(text, self.level.into())?)
    }
}

/// Puts a picture into its file, or on stdout.
///
/// # Errors
/// The file cannot be written.
pub fn write(output: Option<&Path>, picture: &[u8]) -> anyhow::Result<ExitCode> {
    match output {
        Some(path) => std::fs::write(path, picture)
            .with_context(|| format!("cannot write {}", path.display()))?,
        // Only SVG goes to stdout, and SVG is text.
        None => say!("{}", String::from_utf8_lossy(picture).trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}
