//! Tags of BER-TLV, of the one or two bytes that EMV uses (EMV Book 3, Annex B).

use core::fmt;

/// Tag of a data object, one or two bytes: `57`, `5F20`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(u16);

impl Tag {
    /// The tag written with these bytes: `0x57`, `0x5F20`. Nothing when they are not one whole
    /// tag: the low five bits of the first byte are all ones just when a second byte follows,
    /// and the second has no high bit.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        let [first, second] = number.to_be_bytes();
        let whole = if first == 0 {
            second != 0 && !continues(second)
        } else {
            continues(first) && second & 0x80 == 0
        };
        if whole { Some(Self(number)) } else { None }
    }

    /// For tags that are written in the source, where another number is our mistake.
    pub(super) const fn literal(number: u16) -> Self {
        match Self::new(number) {
            Some(tag) => tag,
            None => panic!("not the bytes of a tag"),
        }
    }

    /// The bytes as a number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether the tag says that the value consists of data objects.
    #[must_use]
    pub const fn is_constructed(self) -> bool {
        let [first, second] = self.0.to_be_bytes();
        (if first == 0 { second } else { first }) & 0x20 != 0
    }

    /// Place in a [`TagSet`]: one-byte tags, then two-byte tags by the three bits of the first
    /// byte and the seven of the second that can differ.
    fn index(self) -> usize {
        let [first, second] = self.0.to_be_bytes();
        match first {
            0 => usize::from(second),
            _ => 256 + usize::from(first >> 5) * 128 + usize::from(second),
        }
    }
}

/// Whether a tag that begins so has a second byte.
pub(super) const fn continues(first: u8) -> bool {
    first & 0x1F == 0x1F
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Tags that were seen.
#[derive(Clone, Default)]
pub(super) struct TagSet([u64; 20]);

impl TagSet {
    /// Whether the tag was not there before.
    pub(super) fn insert(&mut self, tag: Tag) -> bool {
        let (word, bit) = (tag.index() / 64, 1 << (tag.index() % 64));
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn tags_of_one_byte_and_of_two() {
        for number in [0x57, 0x61, 0x85, 0x9F08, 0x5F20, 0xBF7F, 0x1F00] {
            assert_eq!(Tag::new(number).map(Tag::number), Some(number), "{number:X}");
        }
        for number in [0, 0x1F, 0x5F, 0x5720, 0x9F80, 0x9FFF, 0x0100] {
            assert_eq!(Tag::new(number), None, "{number:X}");
        }
        let constructed: Vec<u16> = (0..=u16::MAX)
            .filter_map(Tag::new)
            .filter(|tag| tag.is_constructed())
            .map(Tag::number)
            .collect();
        for (number, expected) in [(0x61, true), (0x99, false), (0xBF0C, true), (0x9F26, false)] {
            assert_eq!(constructed.contains(&number), expected, "{number:X}");
        }
    }

    #[test]
    fn each_tag_has_a_place_of_its_own() {
        let mut set = TagSet::default();
        let tags: Vec<Tag> = (0..=u16::MAX).filter_map(Tag::new).collect();
        assert_eq!(tags.len(), 256 - 8 - 1 + 8 * 128);
        assert!(tags.iter().all(|tag| set.insert(*tag)));
        assert!(!tags.iter().any(|tag| set.insert(*tag)));
    }
}
