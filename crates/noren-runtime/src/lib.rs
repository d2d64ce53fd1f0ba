//! The one writer: it takes commands from a queue, lets the engine decide, has the store commit,
//! and only then lets replies, calls and alarms leave. It decides nothing itself.
//!
//! ```text
//! submit ─► two lanes ─► prefetch ─► apply each ─► seal ─► commit ─► release
//!                        └──────── engine thread ───────┘ └─ writer thread ─┘
//! ```
//!
//! One batch is being committed while the next one is being applied. A reply, also a refusal
//! without rows, waits for the commit of everything that was applied before it.

mod clock;
mod handle;
mod queue;
mod writer;

pub use clock::{BootClock, Clock, ClockStanding, ManualClock, Reading, SlewedTime};
pub use handle::{Handle, Status, Unavailable, Watch};
pub use writer::{CallSink, Config, NoCalls, Runtime, RuntimeError};
