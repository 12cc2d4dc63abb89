//! One binary for every integration test, so that chemfiles is linked once.

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
mod references;
mod split;
mod wells;
