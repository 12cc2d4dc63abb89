//! `cormorant picture`.

use std::path::Path;

use cormorant_core::system::System;
use cormorant_core::{Error, Result};
use cormorant_report::molecule::{Picture, Scene};

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
