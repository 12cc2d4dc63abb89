//! One binary for every integration test, so that chemfiles is linked once.

mod archive;
mod checks;
mod cli;
mod dataset;
mod dynamics;
mod ensembles;
mod fetch;
mod fit;
mod inputs;
mod io;
mod labelled_xyz;
mod layers;
mod mangled;
mod metrics;
mod neighbors;
mod network;
mod noise;
mod potential;
mod prepare;
mod references;
mod restart;
mod split;
mod system;
mod training;
mod units;
mod wells;
