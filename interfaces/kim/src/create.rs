//! Creation and destruction of the model.
#![allow(unsafe_code, reason = "called by, and calling, the C interface of the KIM API")]

use std::ffi::{CStr, CString, c_int, c_void};

use crate::api::{Api, Identifier, Object, Routine, api};
use crate::buffer::Buffer;
use crate::{compute, guarded, place};

/// What `kim.log` says where this saves work.
const WHOLE: &CStr = c"one process has the whole system, so periodic images of its atoms are not computed again";

/// Creates the model that is beside the library; 0 on success.
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
