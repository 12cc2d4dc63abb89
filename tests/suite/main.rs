//! One binary for every integration test, so that chemfiles is linked once.

mod archive;
mod dataset;
