//! Where things stand on the page.

mod chips;
mod sheet;
mod sticker;

pub(super) use sheet::sheet;
pub(super) use sticker::sticker;

use super::page::{Anchor, INDIGO, INK, Page, Style, WHITE};
use super::text::{Room, fit};
use super::{Poster, PosterError};
use crate::length::{Length, MODULE_MIN};

/// The dark part of a code is never smaller: the least that till screens show, too.
const CODE_MIN: f64 = 30.0;

/// Draws with names and wallets at their full size, then smaller and smaller, until the rest
/// of the page is large enough for the code. The error is that of the last try.
fn squeezed(draw: impl Fn(f64) -> Result<String, PosterError>) -> Result<String, PosterError> {
    [1.0, 0.88, 0.77, 0.68].into_iter().map(&draw).find(Result::is_ok).unwrap_or_else(|| draw(0.6))
}

/// A noren: a rod, and a curtain with slits. In it the title, in all languages. `scale` is 1
/// on A4. Gives the y of the curtain's lower edge.
fn noren(page: &mut Page, poster: &Poster<'_>, curtain: f64, title_max: f64) -> f64 {
    let (m, inner) = (page.margin, page.inner());
    let rod = curtain * 0.045;
    let side = inner * 0.02;
    page.rect([m, m, inner, rod], INK);
    let top = m + rod;
    let (left, width) = (m + side, inner - 2.0 * side);
    page.rect([left, top, width, curtain], INDIGO);

    // Five panels, sewn together above and open below.
    let slit = curtain * 0.2;
    let gap = inner * 0.006;
    for i in 1..5 {
        let x = left + width * f64::from(i) / 5.0 - gap / 2.0;
        page.rect([x, top + curtain - slit, gap, slit], WHITE);
    }

    let language = poster.language;
    let style =
        Style { language, size: title_max, bold: true, fill: WHITE, anchor: Anchor::Middle };
    let title = language.words().title;
    let room = width * 0.92;
    let fitted = fit(
        title,
        Room { width: room, size_max: title_max, size_min: 0.0, lines_max: 1, bold: true },
    );
    let size = fitted.map_or(title_max, |f| f.size);
    let middle = page.width / 2.0;
    // The base line leaves room for the marks above Thai letters.
    let base = top + curtain * 0.26 + title_max * 0.42;
    page.text(middle, base, title, Style { size, ..style });

    let others: Vec<_> = poster.others().map(|l| (l, l.words().title)).collect();
    let size = curtain * 0.12;
    page.row(top + curtain * 0.69, room, &others, Style { size, bold: false, ..style });
    top + curtain
}

/// A code's side, margin included, that is large enough to be read.
fn check_code(poster: &Poster<'_>, side: f64) -> Result<(), PosterError> {
    let modules = f64::from(poster.symbol.modules());
    let all = f64::from(poster.symbol.modules_with_margin());
    let needed = (CODE_MIN * all / modules).max(MODULE_MIN.as_mm() * all);
    if side < needed {
        let length = |mm: f64| Length::um((mm.max(0.0) * 1000.0).round() as u32);
        return Err(PosterError::CodeTooSmall { side: length(side), needed: length(needed) });
    }
    Ok(())
}
