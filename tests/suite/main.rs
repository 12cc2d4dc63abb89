//! One binary for every integration test, so that chemfiles is linked once.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that fails may panic, and one that skips says so")]

mod archive;
mod checks;
mod cli;
mod cli_model;
mod constraints;
mod dataset;
mod dynamics;
mod ensembles;
mod extended_xyz;
mod fetch;
mod fit;
mod inputs;
mod interruption;
mod io;
mod labelled_xyz;
mod layers;
mod learned;
mod mangled;
mod metrics;
mod minimize;
mod neighbors;
mod network;
mod noise;
mod potential;
mod prepare;
mod pressure;
mod references;
mod restart;
mod so3;
mod split;
mod system;
mod trainer;
mod training;
mod units;
mod wells;
