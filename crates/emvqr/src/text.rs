//! What all readers do to a text first.

/// Line ends on a side that are dropped. Scanners add one or two; a text with more was not
/// scanned, and to look for the end of them all would cost time without bound.
pub(crate) const LINE_ENDS_MAX: usize = 16;

/// The text without the line ends that scanners add around it.
pub(crate) fn trimmed(text: &str) -> &str {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let front = text.bytes().take(LINE_ENDS_MAX).take_while(is_end).count();
    let text = &text[front..];
    let back = text.bytes().rev().take(LINE_ENDS_MAX).take_while(is_end).count();
    &text[..text.len() - back]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanners_line_ends_go_and_nothing_else() {
        assert_eq!(trimmed("\r\n0002\r\n"), "0002");
        assert_eq!(trimmed("0002"), "0002");
        assert_eq!(trimmed(" 0002 \t"), " 0002 \t");
        assert_eq!(trimmed("\n\r"), "");
        assert_eq!(trimmed(&"\n".repeat(40)).len(), 8);
    }
}
