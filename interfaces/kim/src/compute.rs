//! Energy, forces and virial for the atoms of one process.
#![allow(unsafe_code, reason = "called by, and calling, the C interface of the KIM API")]

use std::ffi::{CString, c_double, c_int, c_void};
use std::ptr::null_mut;
use std::slice;

use cormorant_core::Error;
use cormorant_potential::Part;

use crate::api::{Api, Identifier, Object, api};
use crate::buffer::{Buffer, State};
use crate::guarded;

/// Computes what was asked for; 0 on success.
pub unsafe extern "C" fn model_compute(model: Object, arguments: Object) -> c_int {
    let Ok(api) = api() else { return 1 };
    match guarded(|| unsafe { compute(api, model, arguments) }) {
        Ok(()) => 0,
        Err(reason) => {
            let text = CString::new(reason).unwrap_or_default();
            unsafe { (api.compute_log)(model, api.error, text.as_ptr(), line!() as c_int, c"compute.rs".as_ptr()) };
            1
        }
    }
}

unsafe fn compute(api: &Api, model: Object, arguments: Object) -> Result<(), String> {
    let mut buffer: *mut c_void = null_mut();
    unsafe { (api.compute_buffer)(model, &raw mut buffer) };
    // `create` put it there, and it stays until `model_destroy`.
    let Some(buffer) = (unsafe { buffer.cast::<Buffer>().as_ref() }) else { return Err("the model is gone".into()) };
    let mut state = buffer.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let State { potential, result, species, owned, .. } = &mut *state;
    let atoms = unsafe {
        let atoms = *required(integers(api, arguments, api.number_of_particles)?)?;
        usize::try_from(atoms).map_err(|_| format!("{atoms} atoms is not a number of atoms"))?
    };
    // The host promises that these arrays have the lengths that the KIM API documents.
    let positions = unsafe {
        let codes = slice::from_raw_parts(required(integers(api, arguments, api.species_codes)?)?, atoms);
        let contributing = slice::from_raw_parts(required(integers(api, arguments, api.contributing)?)?, atoms);
        let positions = required(reals(api, arguments, api.coordinates)?)?;
        species.clear();
        // A negative code becomes a large one, which the potential refuses.
        species.extend(codes.iter().map(|&code| code as u32));
        owned.clear();
        owned.extend(contributing.iter().map(|&flag| flag != 0));
        slice::from_raw_parts(positions.cast::<[f64; 3]>(), atoms)
    };
    let mut neighbors = |atom: usize| {
        let (mut count, mut list) = (0, std::ptr::null());
        let status = unsafe { (api.neighbors)(arguments, 0, atom as c_int, &raw mut count, &raw mut list) };
        match usize::try_from(count) {
            Ok(0) if status == 0 => Ok(&[][..]),
            // The list belongs to the host and stays as it is while we compute.
            Ok(count) if status == 0 && !list.is_null() => Ok(unsafe { slice::from_raw_parts(list, count) }),
            _ => Err(Error::Invalid(format!("the host gives no neighbors of atom {atom}"))),
        }
    };
    let part = Part { species, positions, owned };
    potential.evaluate(part, &mut neighbors, result).map_err(|error| error.to_string())?;
    unsafe {
        write(reals(api, arguments, api.energy)?, &[result.energy]);
        write(reals(api, arguments, api.forces)?, result.forces.as_flattened());
        write(reals(api, arguments, api.particle_energy)?, &result.atom_energies);
        let v = result.virial.unwrap_or_default();
        // The KIM API sums r ⊗ dE/dr, which is minus our virial, in the order xx yy zz yz xz xy.
        let voigt = [v[0][0], v[1][1], v[2][2], v[1][2], v[0][2], v[0][1]].map(|x| -x);
        write(reals(api, arguments, api.virial)?, &voigt);
    }
    Ok(())
}

unsafe fn integers(api: &Api, arguments: Object, name: Identifier) -> Result<*mut c_int, String> {
    let mut place = null_mut();
    match unsafe { (api.integers)(arguments, name, &raw mut place) } {
        0 => Ok(place),
        _ => Err("the KIM API does not give an argument".into()),
    }
}

unsafe fn reals(api: &Api, arguments: Object, name: Identifier) -> Result<*mut c_double, String> {
    let mut place = null_mut();
    match unsafe { (api.reals)(arguments, name, &raw mut place) } {
        0 => Ok(place),
        _ => Err("the KIM API does not give an argument".into()),
    }
}

fn required<T>(place: *mut T) -> Result<*mut T, String> {
    if place.is_null() { Err("the host leaves out an argument that every model needs".into()) } else { Ok(place) }
}

/// Writes all of `values`, zeros too, unless they were not asked for.
unsafe fn write(place: *mut c_double, values: &[f64]) {
    if !place.is_null() {
        // The host promises room for one number, one for each atom, three for each atom, or six.
        unsafe { slice::from_raw_parts_mut(place, values.len()) }.copy_from_slice(values);
    }
}
