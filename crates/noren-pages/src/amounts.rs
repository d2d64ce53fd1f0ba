//! Money as the reader's language writes it. Scripts write it by the same rules (`assets/amounts.js`).

use noren_core::money::{Currency, Money};

use crate::Language;

/// Where one currency is meant throughout: `1,200円` in Japanese, `¥1,200` elsewhere. Only yen has a
/// sign here that everybody in Japan reads the same way; others are written with their code.
pub fn plain(language: Language, money: Money) -> String {
    if money.currency() != Currency::JPY {
        return coded(money);
    }
    let digits = digits(money);
    match language {
        Language::Ja => format!("{digits}円"),
        Language::En | Language::ZhHans | Language::Ko | Language::Th => {
            match digits.strip_prefix('-') {
                Some(digits) => format!("-¥{digits}"),
                None => format!("¥{digits}"),
            }
        }
    }
}

/// Where two currencies meet, the yen sign is also the yuan's: `JPY 1,200`, `CNY 58.95`.
pub fn coded(money: Money) -> String {
    format!("{}\u{a0}{}", money.currency(), digits(money))
}

/// The number alone, in groups of three, with the decimals of its currency: `1,200`, `58.95`.
pub fn digits(money: Money) -> String {
    let exponent = usize::from(money.currency().exponent());
    let unit = 10u64.pow(exponent as u32);
    let minor = money.minor().unsigned_abs();
    let sign = if money.minor() < 0 { "-" } else { "" };
    let whole = (minor / unit).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if exponent == 0 {
        return format!("{sign}{grouped}");
    }
    format!("{sign}{grouped}.{:0exponent$}", minor % unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_its_reader_writes_it() {
        let yen = Money::new(1_234_567, Currency::JPY);
        assert_eq!(plain(Language::Ja, yen), "1,234,567円");
        assert_eq!(plain(Language::Th, yen), "¥1,234,567");
        assert_eq!(plain(Language::Ko, Money::new(-300, Currency::JPY)), "-¥300");
        assert_eq!(plain(Language::Ja, Money::new(5_895, Currency::CNY)), "CNY\u{a0}58.95");
        assert_eq!(coded(Money::new(100_005, Currency::CNY)), "CNY\u{a0}1,000.05");
        assert_eq!(coded(Money::new(1_005, Currency::KWD)), "KWD\u{a0}1.005");
    }
}
