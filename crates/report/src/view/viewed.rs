//! What scripts are made of.

use cormorant_core::system::Cell;
use cormorant_io::TrajectoryFormat;

/// What a script has to know of a trajectory.
pub(super) struct Viewed<'v> {
    /// Name of the trajectory file.
    pub trajectory: String,
    /// Its format.
    pub format: TrajectoryFormat,
    /// Name of the file that names the atoms, where the format does not.
    pub topology: Option<String>,
    /// The cell of the first frame.
    pub cell: Option<&'v Cell>,
}
