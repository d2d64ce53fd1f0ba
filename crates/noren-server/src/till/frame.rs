//! What stands around every screen of a till.

use noren_core::directory::Directory;
use noren_pages::till::{Frame, Tab};
use noren_store::counter::Device;

use crate::problem::Problem;
use crate::state::AppState;

/// The frame of a device's screens.
pub(crate) async fn frame(state: &AppState, device: &Device, at: Tab) -> Result<Frame, Problem> {
    let known = |directory: &Directory| directory.store(device.store).is_some();
    let directory = state.directory().with(known).await?;
    let shop = directory.store(device.store).map(|store| store.name_ja.to_string());
    Ok(Frame {
        shop: shop.unwrap_or_default(),
        till: device.title.clone(),
        staff: device.staff.clone(),
        at,
    })
}

/// Around the screens of a browser that is no till yet.
pub(crate) fn nowhere() -> Frame {
    Frame { shop: String::new(), till: String::new(), staff: None, at: Tab::Elsewhere }
}
