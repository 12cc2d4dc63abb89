//! The socket of i-PI's protocol: addresses, who listens there, and words and numbers on the wire.
//!
//! Everything is in atomic units, little-endian on every machine of today. Every word has 12 bytes, filled up with spaces.

mod address;
mod connection;
mod listener;
pub mod wire;

pub use address::Address;
pub use connection::Connection;
pub use listener::Listener;
