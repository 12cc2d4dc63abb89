//! Models for use by other programs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::settings::{DeviceInput, Precision};
use cormorant_core::atomic;
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};
use cormorant_network::{FILE, ModelFile, require_shipped};

/// Name under which the KIM API looks for the shared library of a portable model.
const KIM_LIBRARY: &str = "libkim-api-portable-model.so";
/// Name under which cargo builds it.
const BUILT_LIBRARY: &str = "libcormorant_kim.so";
/// Name of the settings beside the library.
const SETTINGS: &str = "kim.json";

/// What the shared library has to know beside the model.
#[derive(Serialize)]
struct Settings {
    precision: Precision,
    /// Width of the halo in cutoffs: as many as the network has layers.
    halo: usize,
    /// Whether the halo holds images of owned atoms alone: "auto", "always" or "never".
    images: &'static str,
    /// Where each process computes: `cpu`, a graphics processor, or `gpu:rank` for one each.
    device: DeviceInput,
}

/// A portable model of the KIM API that was written.
pub struct KimModel {
    /// Its folder.
    pub folder: PathBuf,
    /// The folder that programs must be told of, absolute.
    pub models: PathBuf,
    /// Receptive field in Å.
    pub receptive_field: f64,
    /// Elements that it knows.
    pub elements: Vec<Element>,
}

/// Write `model` as the portable model `name` of the KIM API into `folder`; the shared library is the one beside this program if
/// none is given.
///
/// # Errors
/// When the model cannot be divided among processes, or a file cannot be read or written.
pub fn export_kim(
    model: &Path,
    name: &str,
    folder: &Path,
    precision: Precision,
    device: &DeviceInput,
    library: Option<PathBuf>,
) -> Result<KimModel> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(plain) {
        let reason = format!("{name:?} cannot name a KIM model; use letters, digits and '_', a letter first");
        return Err(Error::Invalid(reason));
    }
    let found = ModelFile::read(model)?;
    let facts = found.network()?.facts()?;
    let refused = |reason| Error::model(model, reason);
    let reach = facts.require_divisible().map_err(refused)?;
    require_shipped(&facts).map_err(refused)?;
    let library = library.map_or_else(built_library, Ok)?;
    let target = folder.join(name);
    fs::create_dir_all(&target).map_err(|source| Error::io(&target, source))?;
    let settings = Settings { precision, halo: facts.hops, images: "auto", device: device.clone() };
    let settings = cormorant_core::json::text(&settings).map_err(Error::Internal)?;
    atomic::write(&target.join(FILE), &found.bytes)?;
    atomic::write(&target.join(SETTINGS), settings.as_bytes())?;
    // Last, because the library makes the folder a model.
    copy(&library, &target.join(KIM_LIBRARY))?;
    let models = fs::canonicalize(folder).map_err(|source| Error::io(folder, source))?;
    Ok(KimModel { folder: target, models, receptive_field: reach, elements: facts.elements })
}

/// The library beside this program, where cargo builds both.
fn built_library() -> Result<PathBuf> {
    let program = std::env::current_exe().map_err(|source| Error::io("the program itself", source))?;
    let folder = program.parent().unwrap_or(Path::new("."));
    let places = [folder.join(BUILT_LIBRARY), folder.join("../lib").join(BUILT_LIBRARY)];
    places.iter().find(|path| path.is_file()).cloned().ok_or_else(|| {
        Error::Invalid(format!(
            "{}: is not there; build it with `cargo build --release -p cormorant-kim`, or set its path with --library",
            places[0].display()
        ))
    })
}

/// A copy that replaces what was there in one act: a process that has the old file open keeps the old one.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).map_err(|source| Error::io(from, source))?;
    atomic::write(to, &bytes)
}
