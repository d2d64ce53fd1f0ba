//! What a code of EMVCo's form offers to pay by.

use core::fmt;

use super::ber::{Object, Objects, Tag};
use super::tags;
use super::track2::{Pan, Track2};

/// The templates 61 that count: EMVCo allows two.
pub(super) fn templates(root: Objects<'_>) -> impl Iterator<Item = Object<'_>> {
    root.filter(|object| object.tag == tags::APPLICATION).take(2)
}

/// Whether the bytes can be the name of an application (ISO/IEC 7816-5).
pub(super) fn is_aid(bytes: &[u8]) -> bool {
    (5..=16).contains(&bytes.len())
}

/// A code of the form CPV01.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Emv<'c> {
    root: Objects<'c>,
}

impl<'c> Emv<'c> {
    pub(super) const fn new(root: Objects<'c>) -> Self {
        Self { root }
    }

    /// The applications on offer, in the order of the code: one or two. Templates that EMVCo
    /// tells readers to pass over are not among them.
    pub fn applications(&self) -> impl Iterator<Item = Application<'c>> + use<'c> {
        let common = self.common();
        templates(self.root).filter_map(move |template| Application::new(&template, common))
    }

    /// What applications share: the objects of template 62.
    #[must_use]
    pub fn common(&self) -> Option<Objects<'c>> {
        self.root.find_tag(tags::COMMON)?.objects()
    }
}

impl fmt::Debug for Emv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.applications()).finish()
    }
}

/// One application: its own objects, and behind them those that it shares. Debug output has no
/// values but the application's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Application<'c> {
    position: usize,
    aid: &'c [u8],
    objects: Objects<'c>,
    common: Option<Objects<'c>>,
}

impl<'c> Application<'c> {
    fn new(template: &Object<'c>, common: Option<Objects<'c>>) -> Option<Self> {
        let objects = template.objects()?;
        let aid = objects.find_tag(tags::AID)?.value;
        is_aid(aid).then_some(Self { position: template.position, aid, objects, common })
    }

    /// Index of its template 61 in the decoded bytes.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// ADF name: identifier of the scheme, 5 bytes, and of its product, up to 11 more.
    #[must_use]
    pub const fn aid(&self) -> &'c [u8] {
        self.aid
    }

    /// Whether a till that takes `aid` takes this application: it is the same, or the beginning
    /// of it. Nothing shorter than 5 bytes or longer than 16 is an AID, so none matches.
    #[must_use]
    pub fn matches(&self, aid: &[u8]) -> bool {
        is_aid(aid) && self.aid.starts_with(aid)
    }

    /// Objects of its own template 61.
    #[must_use]
    pub const fn objects(&self) -> Objects<'c> {
        self.objects
    }

    /// Objects that it shares with the other application, of template 62.
    #[must_use]
    pub const fn common(&self) -> Option<Objects<'c>> {
        self.common
    }

    /// Value of an object, its own or shared; [`tags`] has the names.
    #[must_use]
    pub fn get(&self, tag: Tag) -> Option<&'c [u8]> {
        let own = self.objects.find_tag(tag);
        own.or_else(|| self.common?.find_tag(tag)).map(|object| object.value)
    }

    /// The value as text, when it is printable ASCII.
    fn text(&self, tag: Tag) -> Option<&'c str> {
        let value = self.get(tag)?;
        let printable = value.iter().all(|byte| matches!(byte, b' '..=b'~'));
        core::str::from_utf8(value).ok().filter(|_| printable)
    }

    /// Name of the product to show to people. Nothing too when it is not printable ASCII; so
    /// with all text here.
    #[must_use]
    pub fn label(&self) -> Option<&'c str> {
        self.text(tags::LABEL)
    }

    /// Track 2 equivalent data. Nothing too when the object is not well formed; then it has a
    /// warning, and its bytes can be had with [`Application::get`].
    #[must_use]
    pub fn track2(&self) -> Option<Track2> {
        Track2::unpack(self.get(tags::TRACK2)?)
    }

    /// The account number, from 5A or else from track 2. Nothing too when neither is well
    /// formed; then they have warnings.
    #[must_use]
    pub fn pan(&self) -> Option<Pan> {
        let alone = self.get(tags::PAN).and_then(Pan::unpack);
        alone.or_else(|| Some(self.track2()?.pan()))
    }

    /// Who the payer is, as `SURNAME/NAME`.
    #[must_use]
    pub fn cardholder(&self) -> Option<&'c str> {
        self.text(tags::CARDHOLDER)
    }

    /// Languages that the payer reads, the best first: codes of two letters (ISO 639-1).
    pub fn languages(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        let codes = self.text(tags::LANGUAGES).unwrap_or_default().as_bytes();
        codes.chunks_exact(2).filter_map(|code| core::str::from_utf8(code).ok())
    }

    /// Where the issuer can be reached, `tel:` or `mailto:`.
    #[must_use]
    pub fn issuer_url(&self) -> Option<&'c str> {
        self.text(tags::ISSUER_URL)
    }

    /// Application version, `0010` in hexadecimal where the code does not say.
    #[must_use]
    pub fn version(&self) -> [u8; 2] {
        let value = self.get(tags::VERSION).and_then(|value| value.try_into().ok());
        value.unwrap_or([0x00, 0x10])
    }

    /// Payment account reference: says that two card numbers are of one account.
    #[must_use]
    pub fn account_reference(&self) -> Option<&'c str> {
        self.text(tags::ACCOUNT_REFERENCE)
    }

    /// What goes to the issuer as it is, the application's own: the value of 63. Usually holds
    /// the cryptogram.
    #[must_use]
    pub fn transparent(&self) -> Option<&'c [u8]> {
        Some(self.objects.find_tag(tags::TRANSPARENT)?.value)
    }

    /// The same for data that applications share: the value of 64.
    #[must_use]
    pub fn transparent_common(&self) -> Option<&'c [u8]> {
        Some(self.common?.find_tag(tags::TRANSPARENT_COMMON)?.value)
    }
}

impl fmt::Debug for Application<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Application ")?;
        self.aid.iter().try_for_each(|byte| write!(f, "{byte:02X}"))?;
        write!(f, " {:?}", self.objects)
    }
}
