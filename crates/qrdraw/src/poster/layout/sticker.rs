//! The sticker: the code to the left, shop and steps to the right, wallets below.

use super::super::page::{Anchor, GREY, INDIGO, INK, Page, Style, WHITE};
use super::super::text::{Room, fit};
use super::super::{Poster, PosterError};
use super::chips::{Chips, merchant_id};
use super::{check_code, noren, squeezed};

/// Draws the page.
pub(in super::super) fn sticker(poster: &Poster<'_>) -> Result<String, PosterError> {
    squeezed(|by| draw(poster, by))
}

fn draw(poster: &Poster<'_>, squeeze: f64) -> Result<String, PosterError> {
    let mut page = Page::new(poster);
    let words = poster.language.words();
    let style = Style {
        language: poster.language,
        size: 0.0,
        bold: false,
        fill: INK,
        anchor: Anchor::Start,
    };
    let top = noren(&mut page, poster, 18.5, 7.0) + 2.4;

    let middle = page.width / 2.0;
    merchant_id(&mut page, poster, 2.2, 1.7)?;
    let mut bottom = page.height - page.margin - 2.2 - 1.4;
    if !poster.wallets.is_empty() {
        let chips = Chips::fit(poster, (page.inner(), 13.5), (2.7 * squeeze).max(1.9), 1.9)?;
        bottom -= chips.height();
        chips.draw(&mut page, poster, middle, bottom);
        let centred =
            Style { size: 2.3, bold: true, fill: INDIGO, anchor: Anchor::Middle, ..style };
        page.text(middle, bottom - 1.1, words.wallets, centred);
        bottom -= 4.6;
    }

    let side = (bottom - top - 1.4).min(56.0);
    check_code(poster, side)?;
    let left = page.margin + 1.6;
    let y = top + (bottom - top - side) / 2.0;
    page.symbol(poster, left, y, side);
    page.corners([left - 0.5, y - 0.5, side + 1.0], 6.0, 0.8);

    // The column beside the code: names from its top, steps from its bottom.
    let x = left + side + 3.4;
    let width = page.width - page.margin - x;
    let mut at = y;
    for (i, (text, language, name)) in poster.names().enumerate() {
        let first = i == 0;
        let (size_max, size_min, lines_max) = if first { (6.4, 2.4, 4) } else { (3.2, 2.0, 3) };
        let size_max = (size_max * squeeze).max(size_min);
        let room = Room { width, size_max, size_min, lines_max, bold: first };
        let fitted = fit(name, room).ok_or(PosterError::TooLong(text))?;
        let fill = if first { INK } else { GREY };
        at += page.lines(x, at, &fitted, Style { language, bold: first, fill, ..style }) + 0.8;
    }

    let disc = 2.1;
    let room = Room {
        width: width - 2.0 * disc - 1.4,
        size_max: 3.3,
        size_min: 2.3,
        lines_max: 2,
        bold: true,
    };
    let step_height = 7.8 - 6.0 * (1.0 - squeeze);
    let first = y + side - 3.0 * step_height;
    if first < at {
        // Only names of several lines come so low.
        let (text, ..) = poster.names().next().ok_or(PosterError::NoName)?;
        return Err(PosterError::TooLong(text));
    }
    for (i, step) in words.steps.iter().enumerate() {
        let middle = first + step_height * (i as f64 + 0.5);
        page.disc(x + disc, middle, disc);
        let number = Style { size: 2.7, bold: true, fill: WHITE, anchor: Anchor::Middle, ..style };
        page.text(x + disc, middle + 0.97, &(i + 1).to_string(), number);
        if let Some(fitted) = fit(step, room) {
            let height = super::super::page::height(&fitted);
            let top = middle - height / 2.0;
            page.lines(x + 2.0 * disc + 1.4, top, &fitted, Style { bold: true, ..style });
        }
    }
    Ok(page.finish(poster))
}
