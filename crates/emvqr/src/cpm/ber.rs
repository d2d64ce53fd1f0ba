//! BER-TLV as EMV uses it (EMV Book 3, Annex B): the grammar below every consumer-presented
//! code.
//!
//! A data object is one or two bytes of tag, one to three of length, and the value. What EMV
//! has no use for is refused: tags of three bytes, the byte 00 where a tag belongs, lengths of
//! no fixed size (`80`) and of more than two bytes (from `83`).

use alloc::vec::Vec;
use core::fmt;

use super::tag::continues;

pub use super::tag::Tag;
pub(super) use super::tag::TagSet;

/// Constructed objects are opened down to this depth, the root being 0. EMVCo's own templates
/// go to 2; deeper ones stay bytes, so that whoever walks the tree needs little stack.
pub const DEPTH_MAX: u8 = 8;

/// In how many bytes a length is written. BER allows more than are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LengthForm {
    /// The length itself, up to 127.
    One,
    /// `81` and one byte.
    Two,
    /// `82` and two bytes.
    Three,
}

impl LengthForm {
    const fn shortest(length: u16) -> Self {
        match length {
            0..=0x7F => Self::One,
            0x80..=0xFF => Self::Two,
            _ => Self::Three,
        }
    }
}

/// One data object. Its value may be a card number, so debug output shows only its size.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'b> {
    /// What it is; [`super::tags`] has the names.
    pub tag: Tag,
    /// The value, for a template its objects as bytes.
    pub value: &'b [u8],
    /// Index of the tag's first byte in the decoded bytes of the code.
    pub position: usize,
    form: LengthForm,
    depth: u8,
}

impl<'b> Object<'b> {
    /// The objects inside, when the tag is a constructed one, its value splits, and it lies less
    /// than [`DEPTH_MAX`] deep.
    #[must_use]
    pub fn objects(&self) -> Option<Objects<'b>> {
        let open = self.tag.is_constructed() && self.depth < DEPTH_MAX;
        if open { self.split().ok() } else { None }
    }

    /// The objects inside, or where the value stops being objects.
    pub(super) fn split(&self) -> Result<Objects<'b>, Fault> {
        Objects::check(self.value, self.value_position(), self.depth + 1)
    }

    fn value_position(&self) -> usize {
        let tag = if self.tag.number() > 0xFF { 2 } else { 1 };
        self.position + tag + self.form as usize + 1
    }

    /// Appends the object, its length in the form in which it was read.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        // A value that was read has a length of two bytes at most.
        let length = u16::try_from(self.value.len()).unwrap_or(u16::MAX);
        write_header(out, self.tag, length, self.form);
        out.extend_from_slice(self.value);
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.tag, self.value.len())
    }
}

/// Data objects that follow one another, split one at a time as they are asked for. That they
/// do split is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Objects<'b> {
    rest: &'b [u8],
    position: usize,
    depth: u8,
}

impl<'b> Objects<'b> {
    pub(super) fn check(bytes: &'b [u8], position: usize, depth: u8) -> Result<Self, Fault> {
        let objects = Self { rest: bytes, position, depth };
        let mut ahead = objects;
        while ahead.advance()?.is_some() {}
        Ok(objects)
    }

    /// The first with this tag.
    #[must_use]
    pub fn find_tag(mut self, tag: Tag) -> Option<Object<'b>> {
        self.find(|object| object.tag == tag)
    }

    fn advance(&mut self) -> Result<Option<Object<'b>>, Fault> {
        let position = self.position;
        let Some((&first, after)) = self.rest.split_first() else {
            return Ok(None);
        };
        let truncated = Fault { position, kind: FaultKind::Truncated };
        let (number, after) = match continues(first) {
            false => (u16::from(first), after),
            true => {
                let (&second, after) = after.split_first().ok_or(truncated)?;
                (u16::from_be_bytes([first, second]), after)
            }
        };
        let tag = Tag::new(number).ok_or(Fault { position, kind: FaultKind::BadTag })?;
        let (form, length, after) = match after {
            [length @ 0..=0x7F, after @ ..] => (LengthForm::One, u16::from(*length), after),
            [0x81, length, after @ ..] => (LengthForm::Two, u16::from(*length), after),
            [0x82, high, low, after @ ..] => {
                (LengthForm::Three, u16::from_be_bytes([*high, *low]), after)
            }
            [] | [0x81 | 0x82, ..] => return Err(truncated),
            [0x80 | 0x83..=0xFF, ..] => return Err(Fault { position, kind: FaultKind::BadLength }),
        };
        let (value, rest) = after.split_at_checked(length.into()).ok_or(truncated)?;
        self.position += self.rest.len() - rest.len();
        self.rest = rest;
        Ok(Some(Object { tag, value, position, form, depth: self.depth }))
    }
}

impl<'b> Iterator for Objects<'b> {
    type Item = Object<'b>;

    fn next(&mut self) -> Option<Object<'b>> {
        // No fault is left to find after `check`.
        self.advance().unwrap_or_default()
    }
}

impl fmt::Debug for Objects<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

/// Where bytes stop being data objects, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where the object begins that cannot be read, as [`Object::position`].
    pub(super) position: usize,
    pub(super) kind: FaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// The bytes end inside of the object.
    Truncated,
    /// 00, or the beginning of a tag of three bytes or more.
    BadTag,
    /// `80`, or a length of three bytes or more.
    BadLength,
}

/// Appends an object, its length as short as can be. Nothing is written when the value has more
/// than 65,535 bytes.
pub(super) fn write(out: &mut Vec<u8>, tag: Tag, value: &[u8]) -> Result<(), TooLong> {
    let length = u16::try_from(value.len()).map_err(|_| TooLong)?;
    write_header(out, tag, length, LengthForm::shortest(length));
    out.extend_from_slice(value);
    Ok(())
}

/// Two bytes cannot hold the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

fn write_header(out: &mut Vec<u8>, tag: Tag, length: u16, form: LengthForm) {
    match tag.number().to_be_bytes() {
        [0, only] => out.push(only),
        both => out.extend_from_slice(&both),
    }
    let [high, low] = length.to_be_bytes();
    match form {
        LengthForm::One => out.push(low),
        LengthForm::Two => out.extend_from_slice(&[0x81, low]),
        LengthForm::Three => out.extend_from_slice(&[0x82, high, low]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const TAG: Tag = Tag::literal(0x57);

    fn split(bytes: &[u8]) -> Result<Vec<(u16, usize, usize)>, Fault> {
        let objects = Objects::check(bytes, 0, 0)?;
        Ok(objects
            .map(|object| (object.tag.number(), object.position, object.value.len()))
            .collect())
    }

    #[test]
    fn lengths_of_three_forms_read_and_print_back() {
        let mut bytes =
            vec![0x57, 0x01, 0xAA, 0x5F, 0x20, 0x81, 0x01, 0xBB, 0x50, 0x82, 0x00, 0x00];
        bytes.extend_from_slice(&[0x9F, 0x10, 0x81, 0x80]);
        bytes.extend_from_slice(&[0; 0x80]);
        bytes.extend_from_slice(&[0x63, 0x82, 0x01, 0x00]);
        bytes.extend_from_slice(&[0; 0x100]);
        let expected =
            [(0x57, 0, 1), (0x5F20, 3, 1), (0x50, 8, 0), (0x9F10, 12, 0x80), (0x63, 0x90, 0x100)];
        assert_eq!(split(&bytes).unwrap(), expected);
        let mut written = Vec::new();
        Objects::check(&bytes, 0, 0).unwrap().for_each(|object| object.write(&mut written));
        assert_eq!(written, bytes);
    }

    #[test]
    fn the_shortest_length_is_written() {
        for (length, header) in [
            (0x7F, &[0x57, 0x7F][..]),
            (0x80, &[0x57, 0x81, 0x80]),
            (0xFF, &[0x57, 0x81, 0xFF]),
            (0x100, &[0x57, 0x82, 0x01, 0x00]),
            (0xFFFF, &[0x57, 0x82, 0xFF, 0xFF]),
        ] {
            let mut out = Vec::new();
            write(&mut out, TAG, &vec![0; length]).unwrap();
            assert_eq!(&out[..header.len()], header);
            assert_eq!(out.len(), header.len() + length);
        }
        assert_eq!(write(&mut Vec::new(), TAG, &[0; 0x1_0000]), Err(TooLong));
    }

    #[test]
    fn faults_say_where() {
        let good = [0x57, 0x01, 0xAA];
        for (bytes, kind) in [
            (&[0x57][..], FaultKind::Truncated),
            (&[0x5F], FaultKind::Truncated),
            (&[0x5F, 0x20], FaultKind::Truncated),
            (&[0x57, 0x02, 0xAA], FaultKind::Truncated),
            (&[0x57, 0x81], FaultKind::Truncated),
            (&[0x57, 0x82, 0x00], FaultKind::Truncated),
            (&[0x57, 0x82, 0xFF, 0xFF, 0xAA], FaultKind::Truncated),
            (&[0x00, 0x01, 0xAA], FaultKind::BadTag),
            (&[0x9F, 0x81, 0x01, 0x00], FaultKind::BadTag),
            (&[0x57, 0x80, 0xAA, 0x00, 0x00], FaultKind::BadLength),
            (&[0x57, 0x83, 0x00, 0x00, 0x00], FaultKind::BadLength),
            (&[0x57, 0xFF], FaultKind::BadLength),
        ] {
            let whole = [&good[..], bytes].concat();
            assert_eq!(split(&whole), Err(Fault { position: 3, kind }), "{bytes:02X?}");
        }
        assert_eq!(split(&[]), Ok(vec![]));
    }

    #[test]
    fn templates_open_to_a_depth() {
        let mut bytes = vec![];
        for _ in 0..20 {
            let mut outer = Vec::new();
            write(&mut outer, Tag::literal(0x61), &bytes).unwrap();
            bytes = outer;
        }
        let mut objects = Objects::check(&bytes, 0, 0).unwrap();
        let mut opened = 0;
        while let Some(inner) = objects.next().and_then(|object| {
            assert_eq!(object.position, 2 * opened);
            object.objects()
        }) {
            objects = inner;
            opened += 1;
        }
        assert_eq!(opened, usize::from(DEPTH_MAX));
    }
}
