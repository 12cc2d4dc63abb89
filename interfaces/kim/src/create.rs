//! Creation and destruction of the model.
#![allow(unsafe_code, reason = "called by, and calling, the C interface of the KIM API")]

use std::ffi::{CStr, CString, c_double, c_int, c_void};
use std::path::Path;
use std::sync::Mutex;

use cormorant_network::load;
use cormorant_potential::{Evaluation, PartialPotential, Precision};

use crate::api::{Api, Identifier, Object, Routine, api};
use crate::{alone, compute, guarded, place};

/// Name of the settings beside the weights.
const SETTINGS: &str = "kim.json";

/// What the KIM API keeps for the model. The numbers have to stay where they are, so it lives in a box.
pub struct Buffer {
    pub state: Mutex<State>,
    influence: c_double,
    cutoff: [c_double; 1],
    /// 0: the neighbors of atoms that do not contribute are asked for too.
    without_ghosts: [c_int; 1],
}

/// What an evaluation needs and leaves for the next.
pub struct State {
    pub potential: PartialPotential,
    pub result: Evaluation,
    pub species: Vec<u32>,
    pub owned: Vec<bool>,
    /// Whether images of owned atoms are not computed again.
    whole: bool,
}

/// What `kim.log` says where this saves work.
const WHOLE: &CStr = c"one process has the whole system, so periodic images of its atoms are not computed again";

/// Settings of an exported model.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// `f32` or `f64`.
    precision: String,
    /// Width of the halo in cutoffs. Fewer than the layers of the model give wrong forces without any sign of it; this is
    /// here so that a test can show it.
    halo: u32,
    /// Whether atoms of the halo are images of owned atoms, all of them, so that they need not be computed again.
    #[serde(default)]
    images: Images,
}

/// What the halo holds.
#[derive(serde::Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Images {
    /// Images alone where LAMMPS runs as one process.
    #[default]
    Auto,
    /// Images alone, whatever runs here.
    Always,
    /// Perhaps other atoms.
    Never,
}

impl Buffer {
    fn load(folder: &Path) -> Result<Self, String> {
        let path = folder.join(SETTINGS);
        let text = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let settings: Settings =
            serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let precision = match settings.precision.as_str() {
            "f32" => Precision::F32,
            "f64" => Precision::F64,
            other => return Err(format!("{}: precision {other:?} is neither f32 nor f64", path.display())),
        };
        let network = load(folder).map_err(|error| error.to_string())?;
        let mut potential = PartialPotential::new(network.as_ref(), precision).map_err(|error| error.to_string())?;
        let whole = match settings.images {
            Images::Auto => alone::lammps_alone(),
            Images::Always => true,
            Images::Never => false,
        };
        if whole {
            potential = potential.of_the_whole();
        }
        let (cutoff, result) = (potential.cutoff(), Evaluation::default());
        let state = State { potential, result, species: Vec::new(), owned: Vec::new(), whole };
        Ok(Self {
            state: Mutex::new(state),
            influence: cutoff * f64::from(settings.halo),
            cutoff: [cutoff],
            without_ghosts: [0],
        })
    }
}

/// Creates the model that lies beside the library; 0 on success.
pub unsafe extern "C" fn model_create(
    model: Object,
    _: Identifier,
    _: Identifier,
    _: Identifier,
    _: Identifier,
    _: Identifier,
) -> c_int {
    // Without the API there is no log to write to; the host reports that the model could not be created.
    let Ok(api) = api() else { return 1 };
    match guarded(|| unsafe { create(api, model) }) {
        Ok(()) => 0,
        Err(reason) => {
            let text = CString::new(reason).unwrap_or_default();
            unsafe { (api.create_log)(model, api.error, text.as_ptr(), line!() as c_int, c"create.rs".as_ptr()) };
            1
        }
    }
}

unsafe fn create(api: &Api, model: Object) -> Result<(), String> {
    let folder = place::folder().ok_or("the folder of the model cannot be found")?;
    let buffer = Box::new(Buffer::load(&folder)?);
    let mut status = 0;
    unsafe {
        status |= (api.set_numbering)(model, api.zero_based);
        (api.set_influence_distance)(model, &raw const buffer.influence);
        (api.set_neighbor_lists)(model, 1, buffer.cutoff.as_ptr(), buffer.without_ghosts.as_ptr());
        status |= (api.set_units)(
            model,
            api.angstrom,
            api.electronvolt,
            api.charge_unused,
            api.temperature_unused,
            api.time_unused,
        );
        let routines: [(Identifier, Routine); 4] = [
            (api.compute, compute::model_compute as Routine),
            (api.destroy, model_destroy as Routine),
            (api.arguments_create, arguments_create as Routine),
            (api.arguments_destroy, arguments_destroy as Routine),
        ];
        for (name, routine) in routines {
            status |= (api.set_routine)(model, name, api.language_c, 1, routine);
        }
        let state = buffer.state.lock().map_err(|error| error.to_string())?;
        for (code, element) in state.potential.elements().iter().enumerate() {
            let symbol = CString::new(element.symbol()).map_err(|error| error.to_string())?;
            status |= (api.set_species)(model, (api.species_from)(symbol.as_ptr()), code as c_int);
        }
        if state.whole {
            (api.create_log)(model, api.information, WHOLE.as_ptr(), line!() as c_int, c"create.rs".as_ptr());
        }
        drop(state);
        if status != 0 {
            return Err("the KIM API refused the model".into());
        }
        (api.set_buffer)(model, Box::into_raw(buffer).cast());
    }
    Ok(())
}

/// Gives the model back.
unsafe extern "C" fn model_destroy(model: Object) -> c_int {
    let Ok(api) = api() else { return 1 };
    let mut buffer: *mut c_void = std::ptr::null_mut();
    unsafe { (api.destroy_buffer)(model, &raw mut buffer) };
    if !buffer.is_null() {
        // It came out of a box in `create` and is not used again.
        drop(unsafe { Box::from_raw(buffer.cast::<Buffer>()) });
    }
    0
}

/// Says what can be computed.
unsafe extern "C" fn arguments_create(_: Object, arguments: Object) -> c_int {
    let Ok(api) = api() else { return 1 };
    [api.energy, api.forces, api.virial, api.particle_energy]
        .into_iter()
        .fold(0, |status, name| status | unsafe { (api.support)(arguments, name, api.optional) })
}

/// Nothing was kept.
unsafe extern "C" fn arguments_destroy(_: Object, _: Object) -> c_int {
    0
}
