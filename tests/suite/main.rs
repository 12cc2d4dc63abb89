//! One binary for every integration test, so that chemfiles is linked once.

#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod archive;
mod checks;
mod dataset;
mod dynamics;
mod ensembles;
mod fetch;
mod fit;
mod inputs;
mod io;
mod labelled_xyz;
mod metrics;
mod potential;
mod prepare;
mod references;
mod restart;
mod split;
mod wells;
