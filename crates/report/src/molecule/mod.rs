//! Pictures of atoms: how they look, a still picture, a film for a page.

mod canvas;
mod film;
mod looks;
mod orientation;
mod picture;
mod scene;

pub use film::Film;
pub use looks::{Looks, looks};
pub use picture::Picture;
pub use scene::Scene;
