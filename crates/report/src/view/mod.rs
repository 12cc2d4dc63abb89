//! Scripts that open a trajectory in the viewers that chemists use.

mod ovito;
mod pymol;
mod viewed;
mod vmd;

use std::path::{Path, PathBuf};

use viewed::Viewed;

use cormorant_core::Result;
use cormorant_core::atomic;
use cormorant_core::system::Cell;
use cormorant_io::TrajectoryFormat;

/// Where the scripts for `trajectory` stand: `view.vmd`, `view.pml` and `view.py` beside it.
#[must_use]
pub fn view_files(trajectory: &Path) -> [PathBuf; 3] {
    ["view.vmd", "view.pml", "view.py"].map(|name| trajectory.with_file_name(name))
}

/// Write scripts for VMD, PyMOL and OVITO beside `trajectory`. They find it wherever the folder is moved and wherever they are
/// called from.
///
/// # Errors
/// When a script cannot be written.
pub fn write_views(
    trajectory: &Path,
    format: TrajectoryFormat,
    topology: Option<&Path>,
    cell: Option<&Cell>,
) -> Result<()> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // What these programs draw has a volume; the flat cell of a slab or wire is not drawn.
    let cell = cell.filter(|cell| Cell::new(cell.rows()).is_ok());
    let viewed = Viewed { trajectory: name(trajectory), format, topology: topology.map(name), cell };
    let texts = [vmd::script(&viewed), pymol::script(&viewed), ovito::script(&viewed)];
    for (path, text) in view_files(trajectory).iter().zip(texts) {
        atomic::write(path, text.as_bytes())?;
    }
    Ok(())
}
