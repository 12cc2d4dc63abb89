//! Files that an input names and that are not there.

use std::path::{Path, PathBuf};

use super::Input;
use cormorant_network::ShippedModel;

impl Input {
    /// Files and folders that it reads and that do not exist now, each once. What it writes, and what label sources of a loop make, is not among them.
    #[must_use]
    pub fn missing_sources(&self) -> Vec<PathBuf> {
        let mut copy = self.clone();
        let written = copy.written();
        let is_missing =
            |path: &&mut PathBuf| !(written.contains(path) || ShippedModel::is_name(path) || path.exists());
        let mut missing: Vec<PathBuf> = copy.paths().into_iter().filter(is_missing).map(|path| path.clone()).collect();
        missing.sort();
        missing.dedup();
        missing
    }

    /// Where results go.
    fn written(&mut self) -> Vec<PathBuf> {
        let folder = |folder: &Path| vec![folder.to_path_buf()];
        match self {
            Self::Run(run) => folder(&run.output.folder),
            Self::Vibrations(modes) => folder(&modes.output.folder),
            Self::Elastic(_) => Vec::new(),
            Self::Path(path) => folder(&path.output.folder),
            Self::Scan(scan) => folder(&scan.output.folder),
            Self::Fit(fit) => folder(&fit.output.folder),
            Self::Regression(fit) => folder(&fit.output.folder),
            Self::Learn(learn) => {
                let labels = learn.labels.paths();
                labels.into_iter().map(|path| path.clone()).chain([learn.output.folder.clone()]).collect()
            }
        }
    }
}
