//! Names of wallets in boxes, in rows.

use super::super::page::{Anchor, INK, Page, Style};
use super::super::text::{Room, fit, width};
use super::super::{Poster, PosterError, Text};

/// Names in rows, all of one size.
pub(super) struct Chips {
    size: f64,
    rows: Vec<Vec<(String, f64)>>,
}

/// All in font sizes: a box's height, the air in it, and between boxes.
const HIGH: f64 = 1.9;
const PAD: f64 = 0.8;
const GAP: f64 = 0.55;

impl Chips {
    /// The largest size at which all names fit into the room. One row is worth a smaller size.
    pub fn fit(
        poster: &Poster<'_>,
        room: (f64, f64),
        size_max: f64,
        size_min: f64,
    ) -> Result<Self, PosterError> {
        // A name that is too wide alone is that name's fault, not their number's.
        for (i, name) in poster.wallets.iter().enumerate() {
            if (width(name.trim(), false) + 2.0 * PAD) * size_min > room.0 {
                return Err(PosterError::TooLong(Text::Wallet(i)));
            }
        }
        let at = |size: f64| Some(Self { size, rows: rows(poster.wallets, room.0 / size)? });
        let sizes = || {
            std::iter::successors(Some(size_max), |s| Some(s * 0.96))
                .take_while(|&size| size > size_min)
                .chain([size_min])
        };
        let one_row = sizes()
            .take_while(|&size| size >= 0.78 * size_max)
            .filter_map(at)
            .find(|chips| chips.rows.len() == 1);
        one_row
            .or_else(|| sizes().filter_map(at).find(|chips| chips.height() <= room.1))
            .ok_or(PosterError::TooManyWallets { count: poster.wallets.len() })
    }

    /// The height of all rows.
    pub fn height(&self) -> f64 {
        let count = self.rows.len() as f64;
        if self.rows.is_empty() { 0.0 } else { (count * (HIGH + GAP) - GAP) * self.size }
    }

    /// Draws the rows around `middle`, from `top` down.
    pub fn draw(&self, page: &mut Page, poster: &Poster<'_>, middle: f64, top: f64) {
        let style = Style {
            language: poster.language,
            size: self.size,
            bold: false,
            fill: INK,
            anchor: Anchor::Middle,
        };
        for (i, row) in self.rows.iter().enumerate() {
            let y = top + i as f64 * (HIGH + GAP) * self.size;
            let total = row.iter().map(|(_, w)| w + GAP).sum::<f64>() - GAP;
            let mut x = middle - total * self.size / 2.0;
            for (name, wide) in row {
                let w = wide * self.size;
                page.chip([x, y, w, HIGH * self.size], self.size * 0.07);
                page.text(x + w / 2.0, y + self.size * 1.3, name, style);
                x += w + GAP * self.size;
            }
        }
    }
}

/// Rows of names with their widths, as even as they can be; all in font sizes.
fn rows(names: &[&str], room: f64) -> Option<Vec<Vec<(String, f64)>>> {
    let mut rows = fill(names, room)?;
    let (mut low, mut high) = (0.0, room);
    for _ in 0..10 {
        let middle = (low + high) / 2.0;
        match fill(names, middle) {
            Some(narrow) if narrow.len() <= rows.len() => (rows, high) = (narrow, middle),
            _ => low = middle,
        }
    }
    Some(rows)
}

fn fill(names: &[&str], room: f64) -> Option<Vec<Vec<(String, f64)>>> {
    let mut rows: Vec<Vec<(String, f64)>> = Vec::new();
    let mut used = f64::INFINITY;
    for name in names {
        let name = name.trim();
        let wide = width(name, false) + 2.0 * PAD;
        if wide > room {
            return None;
        }
        if used + GAP + wide > room {
            rows.push(Vec::new());
            used = -GAP;
        }
        used += GAP + wide;
        rows.last_mut().expect("one was pushed").push((name.to_owned(), wide));
    }
    Some(rows)
}

/// The merchant's id on the last line of the page, small.
pub(super) fn merchant_id(
    page: &mut Page,
    poster: &Poster<'_>,
    size_max: f64,
    size_min: f64,
) -> Result<(), PosterError> {
    let text = format!("{} {}", poster.language.words().merchant_id, poster.merchant_id.trim());
    let room = Room { width: page.inner(), size_max, size_min, lines_max: 1, bold: false };
    let fitted = fit(&text, room).ok_or(PosterError::TooLong(Text::MerchantId))?;
    let style = Style {
        language: poster.language,
        size: fitted.size,
        bold: false,
        fill: super::super::page::GREY,
        anchor: Anchor::Middle,
    };
    // A quarter of the size for what hangs below the base line.
    page.text(page.width / 2.0, page.height - page.margin - size_max * 0.25, &text, style);
    Ok(())
}
