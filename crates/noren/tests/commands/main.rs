//! What runs, as its users meet it: commands in a shell and their exit codes, and a phone's forms, against
//! processes of their own.

mod counter;
mod demo;
mod payments;
mod phone;
mod sandbox;
