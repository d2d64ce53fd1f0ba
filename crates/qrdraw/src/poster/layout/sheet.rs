//! A4 and A5: one column. Everything has the height that it needs, and the code takes the rest.

use super::super::page::{Anchor, GREY, INDIGO, INK, Page, Style, WHITE, height};
use super::super::text::{Fitted, Room, fit};
use super::super::{Poster, PosterError};
use super::chips::{Chips, merchant_id};
use super::{check_code, noren, squeezed};

/// The code's side on A4, margin included: not more, however much room there is.
const CODE_MAX: f64 = 136.0;
/// Below this a sheet is not worth its paper.
const CODE_LEAST: f64 = 72.0;

/// Draws the page.
pub(in super::super) fn sheet(poster: &Poster<'_>) -> Result<String, PosterError> {
    squeezed(|by| draw(poster, by))
}

fn draw(poster: &Poster<'_>, squeeze: f64) -> Result<String, PosterError> {
    let mut page = Page::new(poster);
    // Millimetres of A4. Letters for the eye shrink less than the paper does.
    let k = page.width / 210.0;
    let letter = |a4: f64, least: f64| (a4 * k).max(least);
    let (inner, middle) = (page.inner(), page.width / 2.0);
    let centred = Style {
        language: poster.language,
        size: 0.0,
        bold: false,
        fill: INK,
        anchor: Anchor::Middle,
    };
    let words = poster.language.words();

    // From the top: title and names.
    let mut top = noren(&mut page, poster, 46.0 * k, 16.5 * k) + 7.5 * k;
    for (i, (text, language, name)) in poster.names().enumerate() {
        let first = i == 0;
        let (max, min) = if first { (13.0, letter(5.6, 4.6) / k) } else { (6.6, 3.6) };
        let room = Room {
            width: inner,
            size_max: (max * squeeze).max(min) * k,
            size_min: min * k,
            lines_max: 2,
            bold: first,
        };
        let fitted = fit(name, room).ok_or(PosterError::TooLong(text))?;
        let fill = if first { INK } else { GREY };
        top += page.lines(middle, top, &fitted, Style { language, bold: first, fill, ..centred });
        top += 0.8 * k;
    }

    // From the bottom: id, wallets, the other languages, steps.
    merchant_id(&mut page, poster, letter(3.0, 2.5), 2.0)?;
    let mut bottom = page.height - page.margin - letter(3.0, 2.5) - 4.0 * k;
    if !poster.wallets.is_empty() {
        let chips =
            Chips::fit(poster, (inner, 31.0 * squeeze * k), 4.8 * squeeze * k, letter(2.6, 2.3))?;
        bottom -= chips.height();
        chips.draw(&mut page, poster, middle, bottom);
        let size = letter(3.8, 3.0);
        bottom -= size * 0.75;
        page.text(
            middle,
            bottom,
            words.wallets,
            Style { size, fill: INDIGO, bold: true, ..centred },
        );
        bottom -= size + 5.0 * k;
    }
    let size = letter(3.7, 2.9);
    let others: Vec<_> = poster.others().collect();
    for &language in others.iter().rev() {
        let sentence = language.words().sentence;
        let room = Room { width: inner, size_max: size, size_min: 0.0, lines_max: 1, bold: false };
        let size = fit(sentence, room).map_or(size, |f| f.size);
        page.text(middle, bottom, sentence, Style { language, size, fill: GREY, ..centred });
        bottom -= letter(3.7, 2.9) * 1.62;
    }
    bottom -= 2.6 * k;
    bottom -= steps(&mut page, poster, bottom, k);

    // What is left is the code's, with corners around it.
    let air = 4.6 * k;
    let side = (bottom - top - 2.0 * air).min(CODE_MAX * k);
    check_code(poster, side)?;
    if side < CODE_LEAST * k {
        let least = crate::Length::um((CODE_LEAST * k * 1000.0) as u32);
        let side = crate::Length::um((side * 1000.0) as u32);
        return Err(PosterError::CodeTooSmall { side, needed: least });
    }
    let (x, y) = (middle - side / 2.0, (top + bottom - side) / 2.0);
    page.symbol(poster, x, y, side);
    page.corners([x - 1.0 * k, y - 1.0 * k, side + 2.0 * k], 13.0 * k, 1.5 * k);
    Ok(page.finish(poster))
}

/// Three numbered steps side by side, with their lower edge at `bottom`. Gives their height.
fn steps(page: &mut Page, poster: &Poster<'_>, bottom: f64, k: f64) -> f64 {
    let words = poster.language.words();
    let disc = 4.4 * k;
    let gap = 2.6 * k;
    let between = 7.0 * k;
    let room = Room {
        width: (page.inner() - 2.0 * between) / 3.0 - 2.0 * disc - gap,
        size_max: 5.6 * k,
        size_min: 0.0,
        lines_max: 1,
        bold: true,
    };
    // One size for all three: that of the longest.
    let size = words
        .steps
        .iter()
        .filter_map(|step| fit(step, room))
        .map(|fitted| fitted.size)
        .fold(room.size_max, f64::min);
    let wide = |step: &str| 2.0 * disc + gap + super::super::text::width(step, true) * size;
    let total = words.steps.iter().map(|s| wide(s)).sum::<f64>() + 2.0 * between;
    let mut x = page.width / 2.0 - total / 2.0;
    let y = bottom - disc;
    let style =
        Style { language: poster.language, size, bold: true, fill: INK, anchor: Anchor::Start };
    for (i, step) in words.steps.iter().enumerate() {
        page.disc(x + disc, y, disc);
        let number = Style { size: disc * 1.25, fill: WHITE, anchor: Anchor::Middle, ..style };
        page.text(x + disc, y + disc * 0.45, &(i + 1).to_string(), number);
        page.text(x + 2.0 * disc + gap, y + size * 0.36, step, style);
        x += wide(step) + between;
    }
    let one = Fitted { size: disc * 1.8, lines: vec![String::new()] };
    height(&one)
}
