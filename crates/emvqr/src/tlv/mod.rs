//! Tag, length, value: the grammar below every EMV merchant-presented code
//! (EMVCo MPM 1.1, sections 3.2 and 4.1-4.6).
//!
//! An object is two digits of tag, two digits of length, and the value. The length counts
//! Unicode code points; some encoders count otherwise, see [`LengthUnit`].

mod bytes;
mod objects;

use alloc::string::String;
use core::fmt;

pub(crate) use self::objects::{HEADER, Objects, Span};

/// Number of an object, `00` to `99`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(u8);

impl Tag {
    /// The tag with this number; nothing above 99.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < 100 { Some(Self(number)) } else { None }
    }

    /// For tags that are written in the source, where a number above 99 is our mistake.
    pub(crate) const fn literal(number: u8) -> Self {
        assert!(number < 100);
        Self(number)
    }

    /// 0 to 99.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where an object sits: `62` at the root, `62.05` inside of template 62.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// The object at the root of the payload.
    pub tag: Tag,
    /// The object inside of it, when that one is meant.
    pub sub: Option<Tag>,
}

impl Path {
    /// Path of an object at the root.
    #[must_use]
    pub const fn root(tag: Tag) -> Self {
        Self { tag, sub: None }
    }

    /// Path of an object inside of the template `tag`.
    #[must_use]
    pub const fn inside(tag: Tag, sub: Tag) -> Self {
        Self { tag, sub: Some(sub) }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sub {
            None => write!(f, "{}", self.tag),
            Some(sub) => write!(f, "{}.{sub}", self.tag),
        }
    }
}

/// What a length counts.
///
/// EMVCo counts code points. Rust and some Node encoders count UTF-8 bytes, JavaScript ones
/// UTF-16 units. All three agree on ASCII text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LengthUnit {
    /// Unicode code points, as the specification says.
    CodePoint,
    /// UTF-8 bytes.
    Utf8Byte,
    /// UTF-16 units: differs from code points only outside of the BMP, as in 𠮷.
    Utf16Unit,
}

impl LengthUnit {
    /// In the order in which a reader tries them.
    pub const ALL: [Self; 3] = [Self::CodePoint, Self::Utf8Byte, Self::Utf16Unit];

    /// Length of `text` in this unit.
    #[must_use]
    pub fn measure(self, text: &str) -> usize {
        match self {
            Self::CodePoint => text.chars().count(),
            Self::Utf8Byte => text.len(),
            Self::Utf16Unit => text.chars().map(char::len_utf16).sum(),
        }
    }

    /// Byte index at which the first `count` units of `text` end. Nothing when the text is
    /// too short, or when the cut would go through a character.
    fn cut(self, text: &str, count: usize) -> Option<usize> {
        match self {
            Self::Utf8Byte => text.is_char_boundary(count).then_some(count),
            Self::CodePoint => bytes::end_of(text, count),
            Self::Utf16Unit => {
                let mut taken = 0;
                for (index, character) in text.char_indices() {
                    if taken >= count {
                        return (taken == count).then_some(index);
                    }
                    taken += character.len_utf16();
                }
                (taken == count).then_some(text.len())
            }
        }
    }
}

/// One object, borrowed from the payload. Two are equal when tag, value, place and unit are,
/// however they were come by.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// Its number.
    pub tag: Tag,
    /// Its value, exactly as in the payload. Empty for a length of `00`, which the
    /// specification forbids and real codes contain.
    pub value: &'a str,
    /// Byte index of its tag in the payload, also for objects in templates.
    pub position: usize,
    pub(crate) unit: LengthUnit,
    /// The value is printable ASCII.
    pub(crate) printable: bool,
    /// How many objects the value is known to consist of; 0 where nobody has looked, or there
    /// are none.
    pub(crate) inside: u8,
}

impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.tag, self.value, self.position, self.unit)
            == (other.tag, other.value, other.position, other.unit)
    }
}

impl Eq for Object<'_> {}

impl<'a> Object<'a> {
    /// Byte index of the value in the payload.
    #[must_use]
    pub const fn value_position(&self) -> usize {
        self.position + HEADER
    }

    /// Reads the value as objects, with lengths in the unit of the payload.
    ///
    /// # Errors
    /// The value is not a whole number of objects. Many values are not meant to be.
    #[inline]
    pub fn template(&self) -> Result<Template<'a>, SplitError> {
        if self.inside > 0 { Ok(Template(self.objects())) } else { Template::new(self.objects()) }
    }

    /// The value as objects, as far as it is any.
    #[inline]
    pub(crate) const fn objects(&self) -> Objects<'a> {
        Objects::inside(self)
    }
}

/// A value that is a whole number of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template<'a>(Objects<'a>);

impl<'a> Template<'a> {
    fn new(objects: Objects<'a>) -> Result<Self, SplitError> {
        let mut walk = objects;
        while walk.advance().is_some() {}
        walk.end().map(|()| Self(objects))
    }

    /// The objects inside in their order, repeated ones too.
    pub const fn objects(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        Walk(self.0)
    }

    /// Whether there is no object inside.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of it is known to be printable ASCII.
    pub(crate) const fn is_printable(&self) -> bool {
        self.0.is_printable()
    }

    /// Value of the first object with this tag.
    #[must_use]
    pub fn get(&self, tag: Tag) -> Option<&'a str> {
        self.object(tag).map(|object| object.value)
    }

    /// The first object with this tag.
    #[must_use]
    pub fn object(&self, tag: Tag) -> Option<Object<'a>> {
        let mut objects = self.0;
        while let Some(span) = objects.advance() {
            if span.tag == tag {
                return Some(objects.object(&span));
            }
        }
        None
    }
}

/// Objects that are known to be well formed, one after the other.
struct Walk<'a>(Objects<'a>);

impl<'a> Iterator for Walk<'a> {
    type Item = Object<'a>;

    #[inline]
    fn next(&mut self) -> Option<Object<'a>> {
        let span = self.0.advance()?;
        Some(self.0.object(&span))
    }
}

/// Where and why a text stopped being objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitError {
    /// Byte index in the payload of the object that could not be read.
    pub position: usize,
    /// What was wrong with it.
    pub kind: SplitErrorKind,
}

/// What kept an object from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitErrorKind {
    /// The text ends inside of the object.
    Truncated,
    /// The tag is not two digits.
    BadTag,
    /// The length is not two digits.
    BadLength,
}

/// Splits the whole of `text` into objects. An empty text is a list of none.
///
/// # Errors
/// At the first place where the text is not an object.
///
/// ```
/// use emvqr::tlv::{LengthUnit, split};
///
/// let template = split("0002JA0105さくら食堂", LengthUnit::CodePoint).unwrap();
/// assert_eq!(template.objects().nth(1).unwrap().value, "さくら食堂");
/// assert!(split("0002JA0105さくら食堂", LengthUnit::Utf8Byte).is_err());
/// ```
pub fn split(text: &str, unit: LengthUnit) -> Result<Template<'_>, SplitError> {
    Template::new(Objects::of(text, unit))
}

/// A value too long for two digits of length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// Length of the value, in the unit in which it was to be written. At most 99 fit.
    pub found: usize,
}

/// Appends one object to `out`, with its length in `unit`.
///
/// # Errors
/// The value measures more than 99; `out` is left as it was.
pub fn write(out: &mut String, tag: Tag, value: &str, unit: LengthUnit) -> Result<(), TooLong> {
    let found = unit.measure(value);
    if found > 99 {
        return Err(TooLong { found });
    }
    for number in [tag.number(), found as u8] {
        out.push((b'0' + number / 10).into());
        out.push((b'0' + number % 10).into());
    }
    out.push_str(value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> SplitErrorKind {
        split(text, LengthUnit::CodePoint).unwrap_err().kind
    }

    #[test]
    fn broken_objects_say_how_and_where() {
        assert_eq!(kind("foo"), SplitErrorKind::Truncated);
        assert_eq!(kind("0002"), SplitErrorKind::Truncated);
        assert_eq!(kind("000201x"), SplitErrorKind::Truncated);
        assert_eq!(kind("A00201"), SplitErrorKind::BadTag);
        assert_eq!(kind("あいう"), SplitErrorKind::BadTag);
        assert_eq!(kind("00+201"), SplitErrorKind::BadLength);
        assert_eq!(
            split("000201AA03156", LengthUnit::CodePoint),
            Err(SplitError { position: 6, kind: SplitErrorKind::BadTag })
        );
    }

    #[test]
    fn each_unit_cuts_between_characters_only() {
        for unit in LengthUnit::ALL {
            let size = unit.measure("𠮷");
            assert_eq!(unit.cut("𠮷野", size), Some(4));
            assert_eq!(unit.cut("𠮷野", 0), Some(0));
            assert_eq!(unit.cut("𠮷野", 99), None);
        }
        assert_eq!(LengthUnit::Utf16Unit.cut("𠮷野", 1), None);
        assert_eq!(LengthUnit::CodePoint.cut("a𠮷野b", 3), Some(8));
        assert_eq!(LengthUnit::CodePoint.cut("a𠮷野b", 4), Some(9));
        assert_eq!(LengthUnit::CodePoint.cut("a𠮷野b", 5), None);
        assert_eq!(LengthUnit::Utf8Byte.cut("𠮷野", 3), None);
    }

    #[test]
    fn positions_in_templates_are_those_of_the_payload() {
        let payload = split("000201620805041234", LengthUnit::CodePoint).unwrap();
        let template = payload.objects().nth(1).unwrap().template().unwrap();
        let object = template.objects().next().unwrap();
        assert_eq!(object.position, 10);
        assert_eq!(object.value_position(), 14);
    }

    #[test]
    fn a_hundred_characters_do_not_fit() {
        let mut out = String::new();
        let tag = Tag::literal(7);
        assert_eq!(
            write(&mut out, tag, &"あ".repeat(100), LengthUnit::CodePoint),
            Err(TooLong { found: 100 })
        );
        assert_eq!(out, "");
        write(&mut out, tag, &"あ".repeat(99), LengthUnit::CodePoint).unwrap();
        assert!(out.starts_with("0799あ"));
    }
}
