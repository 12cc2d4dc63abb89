//! The functions and constants of the KIM API, looked up in the library that the host program has loaded.
#![allow(unsafe_code, reason = "functions of another library, by name")]

use std::ffi::{CStr, c_char, c_double, c_int, c_void};
use std::sync::OnceLock;

/// An identifier of the KIM API: each is a C structure of one integer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Identifier(pub c_int);

/// An object of the KIM API, used through a pointer only.
pub type Object = *mut c_void;

/// Any routine of the model; the KIM API casts it to what it is.
pub type Routine = *const c_void;

/// Declares the table with a field for each symbol.
macro_rules! table {
    (
        functions { $($function:ident: $symbol:literal = fn($($argument:ty),*) $(-> $result:ty)?;)* }
        identifiers { $($identifier:ident: $constant:literal;)* }
    ) => {
        /// What this model uses of the KIM API.
        pub struct Api {
            $(#[doc = $symbol] pub $function: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            $(#[doc = $constant] pub $identifier: Identifier,)*
        }

        impl Api {
            /// Looks every symbol up; the error names the first one that is missing.
            unsafe fn look_up(library: *mut c_void) -> Result<Self, String> {
                unsafe {
                    Ok(Self {
                        $($function: std::mem::transmute::<
                            *mut c_void, unsafe extern "C" fn($($argument),*) $(-> $result)?
                        >(symbol(library, $symbol)?),)*
                        $($identifier: *symbol(library, $constant)?.cast::<Identifier>(),)*
                    })
                }
            }
        }
    };
}

table! {
    functions {
        set_numbering: "KIM_ModelCreate_SetModelNumbering" = fn(Object, Identifier) -> c_int;
        set_influence_distance: "KIM_ModelCreate_SetInfluenceDistancePointer" = fn(Object, *const c_double);
        set_neighbor_lists: "KIM_ModelCreate_SetNeighborListPointers"
            = fn(Object, c_int, *const c_double, *const c_int);
        set_routine: "KIM_ModelCreate_SetRoutinePointer" = fn(Object, Identifier, Identifier, c_int, Routine) -> c_int;
        set_species: "KIM_ModelCreate_SetSpeciesCode" = fn(Object, Identifier, c_int) -> c_int;
        set_units: "KIM_ModelCreate_SetUnits"
            = fn(Object, Identifier, Identifier, Identifier, Identifier, Identifier) -> c_int;
        set_buffer: "KIM_ModelCreate_SetModelBufferPointer" = fn(Object, *mut c_void);
        create_log: "KIM_ModelCreate_LogEntry" = fn(Object, Identifier, *const c_char, c_int, *const c_char);
        compute_buffer: "KIM_ModelCompute_GetModelBufferPointer" = fn(Object, *mut *mut c_void);
        compute_log: "KIM_ModelCompute_LogEntry" = fn(Object, Identifier, *const c_char, c_int, *const c_char);
        destroy_buffer: "KIM_ModelDestroy_GetModelBufferPointer" = fn(Object, *mut *mut c_void);
        support: "KIM_ModelComputeArgumentsCreate_SetArgumentSupportStatus" = fn(Object, Identifier, Identifier) -> c_int;
        integers: "KIM_ModelComputeArguments_GetArgumentPointerInteger"
            = fn(Object, Identifier, *mut *mut c_int) -> c_int;
        reals: "KIM_ModelComputeArguments_GetArgumentPointerDouble"
            = fn(Object, Identifier, *mut *mut c_double) -> c_int;
        neighbors: "KIM_ModelComputeArguments_GetNeighborList"
            = fn(Object, c_int, c_int, *mut c_int, *mut *const c_int) -> c_int;
        species_from: "KIM_SpeciesName_FromString" = fn(*const c_char) -> Identifier;
    }
    identifiers {
        zero_based: "KIM_NUMBERING_zeroBased";
        language_c: "KIM_LANGUAGE_NAME_c";
        compute: "KIM_MODEL_ROUTINE_NAME_Compute";
        destroy: "KIM_MODEL_ROUTINE_NAME_Destroy";
        arguments_create: "KIM_MODEL_ROUTINE_NAME_ComputeArgumentsCreate";
        arguments_destroy: "KIM_MODEL_ROUTINE_NAME_ComputeArgumentsDestroy";
        angstrom: "KIM_LENGTH_UNIT_A";
        electronvolt: "KIM_ENERGY_UNIT_eV";
        charge_unused: "KIM_CHARGE_UNIT_unused";
        temperature_unused: "KIM_TEMPERATURE_UNIT_unused";
        time_unused: "KIM_TIME_UNIT_unused";
        optional: "KIM_SUPPORT_STATUS_optional";
        error: "KIM_LOG_VERBOSITY_error";
        information: "KIM_LOG_VERBOSITY_information";
        number_of_particles: "KIM_COMPUTE_ARGUMENT_NAME_numberOfParticles";
        species_codes: "KIM_COMPUTE_ARGUMENT_NAME_particleSpeciesCodes";
        contributing: "KIM_COMPUTE_ARGUMENT_NAME_particleContributing";
        coordinates: "KIM_COMPUTE_ARGUMENT_NAME_coordinates";
        energy: "KIM_COMPUTE_ARGUMENT_NAME_partialEnergy";
        forces: "KIM_COMPUTE_ARGUMENT_NAME_partialForces";
        virial: "KIM_COMPUTE_ARGUMENT_NAME_partialVirial";
        particle_energy: "KIM_COMPUTE_ARGUMENT_NAME_partialParticleEnergy";
    }
}

/// The library as hosts load it. It is there already: it is what loaded us.
const LIBRARY: &CStr = c"libkim-api.so.2";

unsafe fn symbol(library: *mut c_void, name: &str) -> Result<*mut c_void, String> {
    let terminated = std::ffi::CString::new(name).map_err(|error| error.to_string())?;
    let found = unsafe { libc::dlsym(library, terminated.as_ptr()) };
    if found.is_null() { Err(format!("the KIM API has no {name}; version 2 is needed")) } else { Ok(found) }
}

/// The KIM API of this process.
///
/// # Errors
/// When a symbol is missing.
pub fn api() -> Result<&'static Api, &'static String> {
    static API: OnceLock<Result<Api, String>> = OnceLock::new();
    let found = API.get_or_init(|| unsafe {
        // Python loads the library where `RTLD_DEFAULT` does not look, so it is asked for by name first.
        let library = libc::dlopen(LIBRARY.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD);
        Api::look_up(if library.is_null() { libc::RTLD_DEFAULT } else { library })
    });
    found.as_ref()
}
