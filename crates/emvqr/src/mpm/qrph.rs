//! Philippines: QR Ph.

use crate::finding::{Finding, Findings};
use crate::mpm::Mpm;

/// Applies the rules of the profile.
pub(super) fn check(_code: &Mpm<'_>, _findings: &mut Findings) {}

/// No breach of EMVCo's rules is its custom.
pub(super) fn excuses(_finding: &Finding) -> bool {
    false
}
