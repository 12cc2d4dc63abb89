//! `cormorant picture`.

use std::path::Path;

use crate::io::read_structure;
use crate::report::molecule::{Picture, Scene};
use crate::{Error, Result};

/// Draw a frame of `structure` as PNG.
pub(super) fn picture(structure: &Path, out: &Path, frame: usize, size: (u16, u16)) -> Result<()> {
    if out.extension().is_none_or(|extension| extension != "png") {
        return Err(Error::Invalid(format!("{}: pictures are written as .png", out.display())));
    }
    let system = read_structure(structure, Some(frame))?;
    let scene = Scene::new(&system.elements, &system.positions, system.cell)?;
    Picture::new(&scene, usize::from(size.0), usize::from(size.1)).write(out)?;
    println!("picture: {}", out.display());
    Ok(())
}
