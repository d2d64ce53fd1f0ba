//! Consumption tax on receipts, in whole yen.
//!
//! A payment is one amount with the tax in it. How much of it is sold at the reduced rate is what the
//! clerk says, else what the store's setting says of all of it. The tax is worked out once for each
//! rate and receipt, never for a line, and what is below one yen is dropped (`domain` facts, section 8:
//! the way of rounding is the issuer's choice).

use noren_core::money::{Currency, Money};
use noren_pages::counter::TaxLine;
use noren_store::counter::TaxRate;

/// The tax in an amount that includes it.
fn tax_in(amount: i64, rate: TaxRate) -> i64 {
    let percent = i128::from(rate.percent());
    // Smaller than the amount, so it fits.
    i64::try_from(i128::from(amount) * percent / (100 + percent)).unwrap_or_default()
}

/// How much is sold at the reduced rate when nobody has said.
pub(crate) fn reduced_by_default(amount: i64, default: TaxRate) -> i64 {
    match default {
        TaxRate::Reduced => amount,
        TaxRate::Standard => 0,
    }
}

/// The lines of a receipt over `amount`, of which `reduced` is sold at 8 %. Nothing outside of Japan's
/// money, and nothing for a part that is larger than the whole.
pub(crate) fn lines(amount: Money, reduced: i64) -> Vec<TaxLine> {
    if amount.currency() != Currency::JPY || !(0..=amount.minor()).contains(&reduced) {
        return Vec::new();
    }
    let parts = [(TaxRate::Standard, amount.minor() - reduced), (TaxRate::Reduced, reduced)];
    let line = |(rate, part): (TaxRate, i64)| TaxLine {
        rate: rate.percent(),
        reduced: rate == TaxRate::Reduced,
        amount: Money::new(part, Currency::JPY),
        tax: Money::new(tax_in(part, rate), Currency::JPY),
    };
    parts.into_iter().filter(|(_, part)| *part > 0).map(line).collect()
}

/// The lines of a refund: all of a payment as its receipt has them, a part of it at the only rate that
/// the receipt has. Of a part of a mixed sale nobody has said what was given back: no lines.
pub(crate) fn refund_lines(paid: Money, reduced: i64, back: Money) -> Vec<TaxLine> {
    match reduced {
        _ if back == paid => lines(paid, reduced),
        0 => lines(back, 0),
        all if all == paid.minor() => lines(back, back.minor()),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yen(minor: i64) -> Money {
        Money::new(minor, Currency::JPY)
    }

    fn shown(lines: &[TaxLine]) -> String {
        let line = |l: &TaxLine| format!("{}%: {} ({})", l.rate, l.amount.minor(), l.tax.minor());
        lines.iter().map(line).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn tax_is_worked_out_once_for_each_rate_and_rounded_down() {
        for (amount, reduced, expected) in [
            (1_100, 0, "10%: 1100 (100)"),
            (1_080, 1_080, "8%: 1080 (80)"),
            (2_180, 1_080, "10%: 1100 (100), 8%: 1080 (80)"),
            (109, 0, "10%: 109 (9)"),
            (1, 0, "10%: 1 (0)"),
            (10, 0, "10%: 10 (0)"),
            (11, 0, "10%: 11 (1)"),
            (13, 13, "8%: 13 (0)"),
            (14, 14, "8%: 14 (1)"),
            (1_200, 648, "10%: 552 (50), 8%: 648 (48)"),
            (1_200, 650, "10%: 550 (50), 8%: 650 (48)"),
            (i64::MAX, 0, "10%: 9223372036854775807 (838488366986797800)"),
            (1_200, 1_201, ""),
            (1_200, -1, ""),
        ] {
            assert_eq!(shown(&lines(yen(amount), reduced)), expected, "{amount} with {reduced}");
        }
        assert!(lines(Money::new(1_200, Currency::CNY), 0).is_empty());
    }

    #[test]
    fn a_refund_has_lines_where_it_is_known_what_went_back() {
        for (reduced, back, expected) in [
            (0, 300, "10%: 300 (27)"),
            (1_200, 300, "8%: 300 (22)"),
            (648, 1_200, "10%: 552 (50), 8%: 648 (48)"),
            (648, 300, ""),
        ] {
            assert_eq!(shown(&refund_lines(yen(1_200), reduced, yen(back))), expected, "{reduced}");
        }
    }

    #[test]
    fn a_store_says_what_it_sells_when_nobody_else_does() {
        assert_eq!(reduced_by_default(1_200, TaxRate::Standard), 0);
        assert_eq!(reduced_by_default(1_200, TaxRate::Reduced), 1_200);
    }
}
