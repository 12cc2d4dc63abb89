//! Which frames of a pool are worth a label.

use super::declare::words;

words! {
    /// By which rule frames are chosen.
    pub enum SelectBy {
        /// Evenly in time.
        Time = "time",
        /// At random.
        Random = "random",
        /// The largest spread of a committee for the force on an atom, in each block of time.
        Spread = "spread",
        /// The largest grade of extrapolation, in each block of time.
        Grade = "grade",
        /// As far as possible from known frames and from each other, by the surroundings of atoms.
        Distance = "distance",
    }
}
