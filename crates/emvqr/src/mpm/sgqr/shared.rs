//! What the codes of Singapore share: the SGQR number, and the NETS account.

use crate::mpm::{Mpm, Network, tags};
use crate::tlv::Tag;

/// Template of the SGQR number.
pub(super) const ID: Tag = Tag::literal(51);
/// Owner of that template.
const GUID: &str = "SG.SGQR";
/// The number.
pub(super) const NUMBER: Tag = Tag::literal(1);
/// Version of the code.
pub(super) const VERSION: Tag = Tag::literal(2);
const POSTAL: Tag = Tag::literal(3);
const LEVEL: Tag = Tag::literal(4);
const UNIT: Tag = Tag::literal(5);
const MORE: Tag = Tag::literal(6);
/// When the code was changed last.
pub(super) const REVISION: Tag = Tag::literal(7);

/// Number of a shared code, template 51. Names the sticker, not a payee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SgqrId<'a> {
    /// 12 or 13 characters.
    pub number: &'a str,
    /// Seven characters, `01.0001`.
    pub version: Option<&'a str>,
    /// Postal code of the place.
    pub postal_code: Option<&'a str>,
    /// Floor.
    pub level: Option<&'a str>,
    /// Unit on the floor.
    pub unit: Option<&'a str>,
    /// More about the place, `Counter01`.
    pub miscellaneous: Option<&'a str>,
    /// Day of the last change, `YYYYMMDD`.
    pub revision_date: Option<&'a str>,
}

/// The number of a shared code. Nothing when there is none, or no number in it.
#[must_use]
pub fn sgqr_id<'a>(code: &Mpm<'a>) -> Option<SgqrId<'a>> {
    let account = code.accounts().find(|account| account.network == Network::Sgqr)?;
    Some(SgqrId {
        number: account.get(NUMBER)?,
        version: account.get(VERSION),
        postal_code: account.get(POSTAL),
        level: account.get(LEVEL),
        unit: account.get(UNIT),
        miscellaneous: account.get(MORE),
        revision_date: account.get(REVISION),
    })
}

impl<'a> SgqrId<'a> {
    pub(super) const fn parts(&self) -> [(Tag, Option<&'a str>); 8] {
        [
            (tags::GUID, Some(GUID)),
            (NUMBER, Some(self.number)),
            (VERSION, self.version),
            (POSTAL, self.postal_code),
            (LEVEL, self.level),
            (UNIT, self.unit),
            (MORE, self.miscellaneous),
            (REVISION, self.revision_date),
        ]
    }
}

/// Data of the code.
pub(super) const NETS_METADATA: Tag = Tag::literal(1);
/// Merchant.
pub(super) const NETS_MERCHANT: Tag = Tag::literal(2);
/// Terminal.
pub(super) const NETS_TERMINAL: Tag = Tag::literal(3);
const NETS_MODIFIER: Tag = Tag::literal(9);
const NETS_SIGNATURE: Tag = Tag::literal(99);

/// The account of NETS, as it is handed to NETS: nothing of it is interpreted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nets<'a> {
    /// Object 01, 23 characters: NETS's data on the code itself.
    pub metadata: &'a str,
    /// Object 02, up to 15 characters.
    pub merchant: Option<&'a str>,
    /// Object 03, 8 characters.
    pub terminal: Option<&'a str>,
    /// Object 09: how the amount may be changed. Values are not known.
    pub amount_modifier: Option<&'a str>,
    /// Object 99. How it is made is not known.
    pub signature: Option<&'a str>,
}

/// The NETS account of a code. Nothing when there is none, or no 01 in it.
#[must_use]
pub fn nets<'a>(code: &Mpm<'a>) -> Option<Nets<'a>> {
    let account = code.accounts().find(|account| account.network == Network::Nets)?;
    Some(Nets {
        metadata: account.get(NETS_METADATA)?,
        merchant: account.get(NETS_MERCHANT),
        terminal: account.get(NETS_TERMINAL),
        amount_modifier: account.get(NETS_MODIFIER),
        signature: account.get(NETS_SIGNATURE),
    })
}
