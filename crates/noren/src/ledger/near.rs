//! Which names somebody may have meant.

/// No more are shown.
const SHOWN: usize = 5;

/// The names that have most of the words of `text`, or that are most like it.
pub fn near<'n>(text: &str, names: &'n [String]) -> Vec<&'n str> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let mut scored: Vec<(usize, usize, &str)> = names
        .iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
            let missed = words.iter().filter(|word| !word.is_empty() && !parts.contains(word));
            let (missed, away) = (missed.count(), distance(&text, &lower));
            // Half of it must be there, in words or in letters.
            let close = missed * 2 <= words.len() || away * 2 <= text.chars().count();
            close.then_some((missed, away, name.as_str()))
        })
        .collect();
    scored.sort_unstable();
    scored.into_iter().take(SHOWN).map(|(_, _, name)| name).collect()
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_near_by_words_and_by_letters() {
        let names: Vec<String> = [
            "merchant:mer_1/merchant_payable/JPY",
            "switch/fee/JPY",
            "switch/fx_position/CNY",
            "switch/fx_position/JPY",
            "wallet:noren/wallet_receivable/CNY",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(near("switch/fx_position/KWD", &names)[..2], names[2..4]);
        assert_eq!(near("switch/fx_positon/JPY", &names)[0], names[3]);
        assert_eq!(near("noren receivable", &names)[0], names[4]);
        assert_eq!(near("SWITCH FEE", &names)[0], names[1]);
        assert!(near("something else entirely", &names).is_empty());
        assert!(near("", &[]).is_empty());
    }

    #[test]
    fn letters_are_counted() {
        assert_eq!((distance("", "abc"), distance("abc", "abc")), (3, 0));
        assert_eq!((distance("kitten", "sitting"), distance("flaw", "lawn")), (3, 2));
    }
}
