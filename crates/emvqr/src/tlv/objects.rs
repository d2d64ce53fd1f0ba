//! Splitting objects off a text, one after the other. Reading a code is mostly this.

use super::{LengthUnit, Object, SplitError, SplitErrorKind, Tag, bytes};

/// Two characters of tag and two of length, all ASCII.
pub(crate) const HEADER: usize = 4;

/// Text from which objects are split off one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Objects<'a> {
    text: &'a str,
    /// Byte index in `text` of what comes next.
    next: usize,
    /// Byte index in `text` up to which what comes next is known to be printable ASCII.
    known: usize,
    unit: LengthUnit,
    /// Byte index of `text` in the payload.
    start: usize,
}

/// What is known of the text beside says nothing about what it is.
impl PartialEq for Objects<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.text, self.next, self.unit, self.start)
            == (other.text, other.next, other.unit, other.start)
    }
}

impl Eq for Objects<'_> {}

/// Where an object is in the text from which it was split off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) tag: Tag,
    /// Byte index of the value.
    start: usize,
    /// Byte index at which the value ends.
    end: usize,
    /// The value is printable ASCII.
    pub(crate) printable: bool,
}

impl Span {
    /// Length of the value in bytes.
    #[inline]
    pub(crate) const fn length(&self) -> usize {
        self.end - self.start
    }
}

impl<'a> Objects<'a> {
    /// All of a payload.
    pub(crate) const fn of(text: &'a str, unit: LengthUnit) -> Self {
        Self { text, next: 0, known: 0, unit, start: 0 }
    }

    /// All of a value.
    #[inline]
    pub(super) const fn inside(object: &Object<'a>) -> Self {
        let text = object.value;
        let known = if object.printable { text.len() } else { 0 };
        Self { text, next: 0, known, unit: object.unit, start: object.value_position() }
    }

    /// Whether all that is left is known to be printable ASCII.
    pub(super) const fn is_printable(&self) -> bool {
        self.known == self.text.len()
    }

    /// Whether nothing is left.
    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.next == self.text.len()
    }

    /// The next object. Nothing when there is none; then [`Objects::end`] tells why.
    #[inline(always)]
    pub(crate) fn advance(&mut self) -> Option<Span> {
        let text = self.text.as_bytes();
        let (tag, length) = header_of(text.get(self.next..)?.first_chunk()?)?;
        let start = self.next + HEADER;
        if start + length > self.known {
            self.known = start + bytes::printable(&text[start..]);
        }
        // In ASCII all units agree.
        let printable = start + length <= self.known;
        let length = if printable { length } else { self.unit.cut(&self.text[start..], length)? };
        self.next = start + length;
        Some(Span { tag, start, end: self.next, printable })
    }

    /// What was split off.
    #[inline(always)]
    pub(crate) fn object(&self, span: &Span) -> Object<'a> {
        Object {
            tag: span.tag,
            value: &self.text[span.start..span.end],
            position: self.position(span),
            unit: self.unit,
            printable: span.printable,
            inside: 0,
        }
    }

    /// Byte index of its tag in the payload.
    #[inline]
    pub(crate) const fn position(&self, span: &Span) -> usize {
        self.start + span.start - HEADER
    }

    /// Whether the text has come to its end where an object does.
    ///
    /// # Errors
    /// Something is left that is no object.
    #[inline]
    pub(crate) fn end(&self) -> Result<(), SplitError> {
        if self.is_empty() { Ok(()) } else { Err(self.fault()) }
    }

    /// Why the next object cannot be split off.
    #[cold]
    fn fault(&self) -> SplitError {
        let digits = |pair: &[u8]| pair.iter().all(u8::is_ascii_digit);
        let kind = match self.text.as_bytes()[self.next..].first_chunk::<HEADER>() {
            None => SplitErrorKind::Truncated,
            Some([tag @ .., _, _]) if !digits(tag) => SplitErrorKind::BadTag,
            Some([_, _, length @ ..]) if !digits(length) => SplitErrorKind::BadLength,
            Some(_) => SplitErrorKind::Truncated,
        };
        SplitError { position: self.start + self.next, kind }
    }
}

/// Tag and length, if all four characters are digits.
#[inline(always)]
fn header_of(header: &[u8; HEADER]) -> Option<(Tag, usize)> {
    // All four at once: what a digit leaves of 0x30 is at most 9, so that 6 more does not
    // carry into the upper half of its byte.
    let digits = u32::from_le_bytes(*header) ^ 0x3030_3030;
    if (digits | digits.wrapping_add(0x0606_0606)) & 0xF0F0_F0F0 != 0 {
        return None;
    }
    // From the bytes as they are, because the next object can be looked for only when the length
    // of this one is known: the fewer steps from one to the other, the better.
    let [t1, t2, l1, l2] = header.map(usize::from);
    let number = |ten: usize, one: usize| (ten * 10 + one).wrapping_sub(usize::from(b'0') * 11);
    Some((Tag(number(t1, t2) as u8), number(l1, l2)))
}
