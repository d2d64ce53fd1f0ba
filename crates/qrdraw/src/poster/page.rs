//! Shapes and text on a page. All numbers are millimetres.

use std::fmt::Write as _;

use super::text::{Fitted, width};
use super::{Language, Poster};
use crate::svg::{escape, number};

/// The blue of noren, dark enough for white letters on any printer.
pub(super) const INDIGO: &str = "#223a70";
/// Text.
pub(super) const INK: &str = "#1b1b1f";
/// Text of second rank. Contrast to white 7:1.
pub(super) const GREY: &str = "#55575f";
/// Lines around the names of wallets.
pub(super) const LINE: &str = "#9aa5c0";
/// Paper.
pub(super) const WHITE: &str = "#fff";

/// Where a line of text stands to its x.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// How text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub language: Language,
    pub size: f64,
    pub bold: bool,
    pub fill: &'static str,
    pub anchor: Anchor,
}

/// The page being drawn.
pub(super) struct Page {
    body: String,
    pub width: f64,
    pub height: f64,
    pub margin: f64,
}

impl Page {
    pub fn new(poster: &Poster<'_>) -> Self {
        let (width, height) = poster.format.size();
        let margin = poster.format.margin().as_mm();
        Self { body: String::new(), width: width.as_mm(), height: height.as_mm(), margin }
    }

    /// The width between the margins.
    pub fn inner(&self) -> f64 {
        self.width - 2.0 * self.margin
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        self.body.write_fmt(element).expect("a String takes all");
        self.body.push('\n');
    }

    pub fn rect(&mut self, [x, y, w, h]: [f64; 4], fill: &str) {
        let [x, y, w, h] = [x, y, w, h].map(number);
        self.add(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{fill}\"/>"
        ));
    }

    /// A box with a line around it and round ends.
    pub fn chip(&mut self, [x, y, w, h]: [f64; 4], stroke: f64) {
        let [x, y, w, h, r, stroke] = [x, y, w, h, h / 2.0, stroke].map(number);
        self.add(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{r}\" fill=\"{WHITE}\" \
             stroke=\"{LINE}\" stroke-width=\"{stroke}\"/>"
        ));
    }

    pub fn disc(&mut self, x: f64, y: f64, r: f64) {
        let [x, y, r] = [x, y, r].map(number);
        self.add(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{INDIGO}\"/>"));
    }

    /// One line; `y` is its base line.
    pub fn text(&mut self, x: f64, y: f64, text: &str, style: Style) {
        let [x, y, size] = [x, y, style.size].map(number);
        let weight = if style.bold { " font-weight=\"700\"" } else { "" };
        let anchor = match style.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        };
        let (tag, fonts, fill) = (style.language.tag(), style.language.fonts(), style.fill);
        let text = escape(text);
        self.add(format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight} text-anchor=\"{anchor}\" \
             fill=\"{fill}\" font-family=\"{fonts}\" xml:lang=\"{tag}\">{text}</text>"
        ));
    }

    /// Fitted lines from `top` down; gives the height that they take.
    pub fn lines(&mut self, x: f64, top: f64, fitted: &Fitted, style: Style) -> f64 {
        let step = fitted.size * LEADING;
        for (i, line) in fitted.lines.iter().enumerate() {
            let y = top + step * i as f64 + fitted.size * ASCENT;
            self.text(x, y, line, Style { size: fitted.size, ..style });
        }
        height(fitted)
    }

    /// Texts of several languages in one line around the middle, as large as fits.
    pub fn row(&mut self, y: f64, room: f64, texts: &[(Language, &str)], mut style: Style) {
        const GAP: f64 = 1.6; // em
        let widths: Vec<f64> = texts.iter().map(|(_, t)| width(t, style.bold)).collect();
        let total = widths.iter().sum::<f64>() + GAP * (texts.len() - 1) as f64;
        style.size = style.size.min(room / total);
        style.anchor = Anchor::Middle;
        let mut x = self.width / 2.0 - total * style.size / 2.0;
        for ((language, text), width) in texts.iter().zip(widths) {
            let width = width * style.size;
            self.text(x + width / 2.0, y, text, Style { language: *language, ..style });
            x += width + GAP * style.size;
        }
    }

    /// The code with its white margin, in a square whose upper left corner is given.
    pub fn symbol(&mut self, poster: &Poster<'_>, x: f64, y: f64, side: f64) {
        self.rect([x, y, side, side], WHITE);
        let scale = side / f64::from(poster.symbol.modules_with_margin());
        let (x, y) = (number(x), number(y));
        let path = poster.symbol.path();
        self.add(format_args!(
            "<path transform=\"translate({x} {y}) scale({scale:.6})\" fill=\"#000\" \
             shape-rendering=\"crispEdges\" d=\"{path}\"/>"
        ));
    }

    /// Four corners around a square, as a camera's frame.
    pub fn corners(&mut self, [x, y, side]: [f64; 3], arm: f64, stroke: f64) {
        let (far_x, far_y) = (x + side, y + side);
        let mut d = String::new();
        for (x, y, dx, dy) in [
            (x, y, arm, arm),
            (far_x, y, -arm, arm),
            (x, far_y, arm, -arm),
            (far_x, far_y, -arm, -arm),
        ] {
            let [x0, y0, x1, y1] = [x, y, x + dx, y + dy].map(number);
            write!(d, "M{x0} {y1}V{y0}H{x1}").expect("a String takes all");
        }
        let stroke = number(stroke);
        self.add(format_args!(
            "<path d=\"{d}\" fill=\"none\" stroke=\"{INDIGO}\" stroke-width=\"{stroke}\" \
             stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
        ));
    }

    /// The whole document.
    pub fn finish(self, poster: &Poster<'_>) -> String {
        let [w, h] = [self.width, self.height].map(number);
        let tag = poster.language.tag();
        let name = poster.names().next().map_or("", |n| n.2);
        let title = escape(&format!("{} - {name}", poster.language.words().title));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}mm\" height=\"{h}mm\" \
             viewBox=\"0 0 {w} {h}\" xml:lang=\"{tag}\" role=\"img\">\n<title>{title}</title>\n\
             <rect width=\"{w}\" height=\"{h}\" fill=\"{WHITE}\"/>\n{}</svg>\n",
            self.body
        )
    }
}

/// From a line's top to its base line, in font sizes.
const ASCENT: f64 = 0.95;

/// From line to line, in font sizes.
const LEADING: f64 = 1.32;

/// The height of fitted lines.
pub(super) fn height(fitted: &Fitted) -> f64 {
    fitted.size * LEADING * fitted.lines.len() as f64
}
