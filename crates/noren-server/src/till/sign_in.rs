//! Who is at a till: signing in and out by PIN, and a supervisor's word.
//!
//! Plain forms: they work without scripts, and what was wrong is said on the page itself.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::time::Span;
use noren_pages::counter::{Fault, Person, SignIn as View};
use noren_pages::till::Tab;
use noren_pages::{Page, japan};
use noren_store::counter::{Device, Staff, StaffRole};
use serde::Deserialize;

use super::pin::{self, Shown};
use super::session::TillSession;
use super::{DEMO_CLERK, DEMO_CLERK_PIN, DEMO_SUPERVISOR, DEMO_SUPERVISOR_PIN, Opened};
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{self, Reader};

/// For how long a supervisor's word counts at a till.
pub(crate) const WORD_FOR: Span = Span::seconds(120);

/// Where a form leads when it is done.
#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

/// A form's fields.
#[derive(Deserialize)]
pub(crate) struct Given {
    #[serde(default)]
    name: String,
    #[serde(default)]
    pin: String,
    next: Option<String>,
}

/// A screen of the till, and nothing else: no page leads anybody to another site.
fn onward(next: Option<&str>) -> &str {
    let ours = |to: &&str| *to == "/till" || to.starts_with("/till/");
    let plain = |to: &&str| to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    next.filter(ours).filter(plain).unwrap_or("/till")
}

fn see(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Which of the two pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    SignIn,
    Supervisor,
}

async fn shown(
    state: &AppState,
    reader: &Reader,
    device: &Device,
    why: Why,
    given: (&str, Option<&str>),
    fault: Option<Fault>,
) -> Result<Response, Problem> {
    let merchant = device.merchant;
    let staff = state.counter(move |counter| counter.staff(merchant)).await?;
    let may = |person: &&Staff| why == Why::SignIn || person.role == StaffRole::Supervisor;
    let people: Vec<&Staff> = staff.iter().filter(may).collect();
    // Whoever is there already, else the only one, is chosen for them.
    let present = device.staff.as_deref().filter(|_| given.0.is_empty()).unwrap_or(given.0);
    let only = people.len() == 1;
    let person = |person: &&Staff| Person {
        name: person.name.clone(),
        supervisor: person.role == StaffRole::Supervisor,
        chosen: only || person.name == present,
    };
    let demo = [(DEMO_CLERK, DEMO_CLERK_PIN), (DEMO_SUPERVISOR, DEMO_SUPERVISOR_PIN)];
    let demo = demo.iter().filter(|_| state.demo()).filter(|(name, _)| {
        // Only whose PIN counts here.
        people.iter().any(|person| person.name == *name)
    });
    let refused = fault.is_some();
    let view = View {
        page: Page::new(reader.language, &reader.here, !state.livemode()),
        frame: super::frame(state, device, Tab::Elsewhere).await?,
        supervisor: why == Why::Supervisor,
        people: people.iter().map(person).collect(),
        next: onward(given.1).to_owned(),
        fault,
        demo: demo.map(|(name, pin)| ((*name).to_owned(), (*pin).to_owned())).collect(),
    };
    let page = web::shown(reader, &view, None)?;
    Ok(if refused { (StatusCode::FORBIDDEN, page).into_response() } else { page })
}

/// Who is at the till?
pub(crate) async fn page(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    Query(next): Query<Next>,
) -> Result<Response, Problem> {
    let device = match opened.device() {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    shown(&state, &reader, &device, Why::SignIn, ("", next.next.as_deref()), None).await
}

/// A supervisor is asked for.
pub(crate) async fn supervisor_page(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    Query(next): Query<Next>,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    shown(&state, &reader, &device, Why::Supervisor, ("", next.next.as_deref()), None).await
}

/// What was wrong with a PIN, or whose it is.
async fn checked(
    state: &AppState,
    device: &Device,
    given: &Given,
) -> Result<Result<Staff, Fault>, Problem> {
    let Some(pin) = pin::read(&given.pin) else { return Ok(Err(Fault::Wrong)) };
    Ok(match pin::show(state, device.merchant, given.name.trim(), &pin).await? {
        Shown::Right(staff) => Ok(staff),
        Shown::Wrong => Err(Fault::Wrong),
        Shown::Locked(until) => Err(Fault::Locked(japan::time(until))),
    })
}

/// The sign-in page's form.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    reader: Reader,
    session: TillSession,
    Form(given): Form<Given>,
) -> Result<Response, Problem> {
    let fault = match checked(&state, &session.device, &given).await? {
        Ok(staff) => {
            let id = session.device.id.clone();
            match state.counter(move |counter| counter.sign_in(&id, &staff)).await? {
                true => return Ok(see(onward(given.next.as_deref()))),
                false => Fault::Wrong,
            }
        }
        Err(fault) => fault,
    };
    let form = (&*given.name, given.next.as_deref());
    shown(&state, &reader, &session.device, Why::SignIn, form, Some(fault)).await
}

/// The supervisor page's form.
pub(crate) async fn supervise(
    State(state): State<AppState>,
    reader: Reader,
    session: TillSession,
    Form(given): Form<Given>,
) -> Result<Response, Problem> {
    let device = &session.device;
    let Some(present) = device.staff.clone() else { return Ok(see("/till/sign-in")) };
    let fault = match checked(&state, device, &given).await? {
        Ok(staff) if staff.role == StaffRole::Supervisor => {
            let until = state.handle().now().after(WORD_FOR);
            let id = device.id.clone();
            let kept =
                state.counter(move |counter| counter.supervise(&id, &present, &staff, until));
            match kept.await? {
                true => return Ok(see(onward(given.next.as_deref()))),
                // Who has gone meanwhile is led to the sign-in page by the next try.
                false => Fault::Wrong,
            }
        }
        Ok(_) => Fault::NoSupervisor,
        Err(fault) => fault,
    };
    let form = (&*given.name, given.next.as_deref());
    shown(&state, &reader, device, Why::Supervisor, form, Some(fault)).await
}

/// Nobody is at the till any more, and no supervisor's word counts.
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    session: TillSession,
) -> Result<Response, Problem> {
    let id = session.device.id.clone();
    state.counter(move |counter| counter.sign_out(&id)).await?;
    Ok(see("/till/sign-in"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_to_the_tills_own_screens_only() {
        assert_eq!(onward(Some("/till/payments/pay_1")), "/till/payments/pay_1");
        assert_eq!(onward(Some("/till")), "/till");
        for other in ["", "https://x.test/till/", "//x.test", "/tills", "/till/\r\nx", "/till/\\x"]
        {
            assert_eq!(onward(Some(other)), "/till", "{other:?}");
        }
        assert_eq!(onward(None), "/till");
    }
}
