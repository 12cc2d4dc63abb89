//! Pictures of atoms: how they look, a still picture, an animation for a page.

mod animation;
mod canvas;
mod looks;
mod orientation;
mod picture;
mod scene;

pub use animation::Animation;
pub use looks::{Looks, looks};
pub use picture::Picture;
pub use scene::Scene;
