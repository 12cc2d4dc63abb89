//! `cormorant report`, `cormorant compare` and `cormorant picture`.

use std::path::{Path, PathBuf};

use super::labels::LabelArguments;
use super::show;
use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_fit::DataSet;
use cormorant_report::molecule::{Picture, Scene};
use cormorant_workflow::workflow;

/// Make the report of the run or the fit in `folder` again; for a fit, with predictions on `data` if it is named.
pub(super) fn report(folder: &Path, data: Option<&Path>, labels: &LabelArguments) -> Result<()> {
    let read = data.map(|data| move || labels.read(data));
    let page = workflow::report(folder, read.as_ref().map(|read| read as &dyn Fn() -> Result<DataSet>));
    println!("report: {}", show::path(&page?).display());
    Ok(())
}

/// Put the runs, or the fits, in `folders` into the report `out`.
pub(super) fn compare(folders: &[PathBuf], out: &Path, force: bool) -> Result<()> {
    workflow::require_free(out, &[], force)?;
    println!("report: {}", show::path(&workflow::compare(folders, out)?).display());
    Ok(())
}

/// Draw what `structure` reads as PNG.
pub(super) fn picture(structure: impl Fn() -> Result<System>, out: &Path, size: (u16, u16)) -> Result<()> {
    if out.extension().is_none_or(|extension| extension != "png") {
        return Err(Error::Invalid(format!("{}: images are written as .png", out.display())));
    }
    let system = structure()?;
    let scene = Scene::new(&system.elements, &system.positions, system.cell)?;
    Picture::new(&scene, usize::from(size.0), usize::from(size.1)).write(out)?;
    println!("picture: {}", out.display());
    Ok(())
}
