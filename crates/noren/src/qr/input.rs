//! Where a text comes from: an argument, a picture, or stdin.

use std::fs::File;
use std::io::{IsTerminal, Read};

use anyhow::{Context, ensure};

/// Most bytes that are taken from a file or from stdin, as much as a picture may have.
const BYTES_MAX: usize = qrdraw::read::BYTES_MAX;

/// How every PNG begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What was given to be read.
pub enum Input {
    /// Text, with its line ends.
    Text(String),
    /// Bytes that are neither text nor a picture.
    Bytes(Vec<u8>),
    /// A picture.
    Png(Vec<u8>),
}

impl Input {
    /// What an argument means: a name that ends in `.png` is a picture's, `-` and nothing are
    /// stdin, the rest is the text itself. A scanned text is not ours: it must not be able to
    /// make us open any file but a picture.
    ///
    /// # Errors
    /// The picture or stdin cannot be read, or is too large.
    pub fn of(argument: Option<String>) -> anyhow::Result<Self> {
        match argument {
            Some(text) if text != "-" && !is_png_name(&text) => Ok(Self::Text(text)),
            Some(path) if path != "-" => {
                let open = || -> anyhow::Result<Vec<u8>> {
                    let file = File::open(&path)?;
                    ensure!(file.metadata()?.is_file(), "it is not a file");
                    take(file)
                };
                let bytes = open().with_context(|| format!("cannot read the picture {path}"))?;
                Ok(Self::sort(bytes))
            }
            _ => {
                let stdin = std::io::stdin();
                if stdin.is_terminal() {
                    eprintln!("Reading the text from the keyboard; Ctrl-D ends it.");
                }
                take(stdin.lock()).map(Self::sort).context("cannot read stdin")
            }
        }
    }

    fn sort(bytes: Vec<u8>) -> Self {
        if bytes.starts_with(PNG) {
            return Self::Png(bytes);
        }
        String::from_utf8(bytes).map_or_else(|error| Self::Bytes(error.into_bytes()), Self::Text)
    }

    /// The text, where nothing else will do, without the line end that a shell adds.
    ///
    /// # Errors
    /// There is none, or not text.
    pub fn text(argument: Option<String>) -> anyhow::Result<String> {
        let text = match argument {
            Some(text) if text != "-" => text,
            argument => match Self::of(argument)? {
                Self::Text(text) => text,
                Self::Bytes(_) => anyhow::bail!("the text on stdin is not UTF-8"),
                Self::Png(_) => anyhow::bail!(
                    "stdin holds a picture where the text of a code is due; `noren qr decode` reads pictures"
                ),
            },
        };
        let text = text.trim_end_matches(['\r', '\n']);
        ensure!(!text.is_empty(), "there is no text; give it as argument or on stdin");
        Ok(text.to_owned())
    }
}

fn is_png_name(text: &str) -> bool {
    let ending = text.len().checked_sub(4).and_then(|start| text.get(start..));
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case(".png"))
}

fn take(input: impl Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    ensure!(
        bytes.len() <= BYTES_MAX,
        "it has over {BYTES_MAX} bytes, more than any code or picture needs"
    );
    Ok(bytes)
}
