//! `cormorant report` and `cormorant compare`.

use std::path::{Path, PathBuf};

use super::arguments::LabelArguments;
use super::show;
use crate::workflow;
use cormorant_core::Result;
use cormorant_fit::DataSet;

/// Make the report of the run or the fit in `folder` again; for a fit, with predictions on `data` if it is named.
pub(super) fn report(folder: &Path, data: Option<&Path>, labels: &LabelArguments) -> Result<()> {
    let read = data.map(|data| move || labels.read(data));
    let page = workflow::report(folder, read.as_ref().map(|read| read as &dyn Fn() -> Result<DataSet>));
    println!("report: {}", show::path(&page?).display());
    Ok(())
}

/// Put the runs, or the fits, in `folders` into the report `out`.
pub(super) fn compare(folders: &[PathBuf], out: &Path) -> Result<()> {
    println!("report: {}", show::path(&workflow::compare(folders, out)?).display());
    Ok(())
}
