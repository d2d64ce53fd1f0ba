//! Looking at many bytes at once.

/// One in each byte of a word.
const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// How many bytes of printable ASCII `bytes` begins with.
#[inline(never)]
pub(super) fn printable(bytes: &[u8]) -> usize {
    let is = |byte: &u8| matches!(byte, b' '..=b'~');
    // Without an early end inside of a block, so that it is looked at as a whole.
    let is_whole = |block: &[u8; 16]| block.iter().fold(true, |all, byte| all & is(byte));
    let mut count = bytes.as_chunks().0.iter().take_while(|block| is_whole(block)).count() * 16;
    // What is left is short, but this is asked for every value that is not ASCII.
    let (words, rest) = bytes[count..].as_chunks();
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The upper bit of a byte is set below 20, at 7F, and from 80 on. Borrows and carries
        // come only out of bytes that are wrong, and spoil only what is after them.
        let wrong = word.wrapping_sub(ONES * 0x20) | word.wrapping_add(ONES) | word;
        let wrong = wrong & (ONES * 0x80);
        if wrong != 0 {
            return count + wrong.trailing_zeros() as usize / 8;
        }
        count += 8;
    }
    count + rest.iter().take_while(|byte| is(byte)).count()
}

/// Byte index at which the first `count` characters of `text` end, if it has so many.
#[inline(never)]
pub(super) fn end_of(text: &str, count: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut index, mut left) = (0, count);
    for word in bytes.as_chunks().0 {
        let begun = characters_begun(*word);
        if begun > left {
            break;
        }
        index += word.len();
        left -= begun;
    }
    for byte in &bytes[index..] {
        let begun = usize::from(!is_continuation(*byte));
        if begun > left {
            break;
        }
        index += 1;
        left -= begun;
    }
    (left == 0).then_some(index)
}

/// Whether a byte of UTF-8 belongs to the character before it: `10` in its upper two bits.
const fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// How many of eight bytes begin a character.
const fn characters_begun(word: [u8; 8]) -> usize {
    let word = u64::from_ne_bytes(word);
    let begun = (!word >> 7 | word >> 6) & ONES;
    // Adds up all bytes in the uppermost one.
    (begun.wrapping_mul(ONES) >> 56) as usize
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    #[test]
    fn one_wrong_byte_is_found_wherever_it_is() {
        for length in 0..40 {
            let mut bytes = [b'~'; 40];
            bytes[length / 2] = b' ';
            let bytes = &mut bytes[..length];
            assert_eq!(printable(bytes), length);
            for (index, wrong) in (0..length).flat_map(|index| {
                (0..=255).filter(|byte| !matches!(byte, b' '..=b'~')).map(move |byte| (index, byte))
            }) {
                let right = core::mem::replace(&mut bytes[index], wrong);
                assert_eq!(printable(bytes), index, "{wrong:02X} at {index} of {length}");
                bytes[index] = right;
            }
        }
    }

    #[test]
    fn only_the_first_wrong_byte_counts() {
        // Their borrows and carries would run into one another.
        for (one, two) in [(0xFF, 0x20), (0x00, 0x20), (0x1F, 0x7E), (0x7F, 0x00), (0xFF, 0xFF)] {
            let mut bytes = [b'0'; 24];
            bytes[5..7].copy_from_slice(&[one, two]);
            assert_eq!(printable(&bytes), 5, "{one:02X} {two:02X}");
        }
    }

    #[test]
    fn characters_end_where_counting_them_says() {
        for text in ["", "a", "さくら食堂", "aéさ𠮷bcdefghijk", "𠮷𠮷𠮷𠮷𠮷", "12345678さ12345678"]
        {
            for start in text.char_indices().map(|(index, _)| index).chain([text.len()]) {
                let text = &text[start..];
                for count in 0..20 {
                    let taken: String = text.chars().take(count).collect();
                    let enough = taken.chars().count() == count;
                    assert_eq!(
                        end_of(text, count),
                        enough.then_some(taken.len()),
                        "{count} of {text}"
                    );
                }
            }
        }
    }
}
