//! Whether this process holds the whole system.
#![allow(unsafe_code, reason = "functions of the libraries that the host program has loaded, by name")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::transmute;

/// Variables in which launchers of parallel programs say how many processes they started.
const LAUNCHED: [&str; 6] =
    ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE", "MV2_COMM_WORLD_SIZE", "PALS_NRANKS", "SLURM_STEP_NUM_TASKS"];
/// What only LAMMPS has: its halo holds periodic images and atoms of other processes, nothing else.
const LAMMPS: [&CStr; 2] = [c"lammps_open", c"lammps_open_no_mpi"];
/// Handle of all processes in MPICH and what descends from it.
const MPICH_WORLD: c_int = 0x4400_0000;
/// Longer than the description of a library may be.
const DESCRIPTION: usize = 16_384;

/// Whether LAMMPS runs here as the only process; false where that cannot be known.
pub fn lammps_alone() -> bool {
    if LAMMPS.iter().all(|name| symbol(libc::RTLD_DEFAULT, name).is_none()) {
        return false;
    }
    match processes() {
        Mpi::Processes(count) => count == 1,
        Mpi::Silent => false,
        Mpi::Absent => LAUNCHED.iter().all(|name| match std::env::var(name) {
            Ok(count) => count.trim() == "1",
            Err(_) => true,
        }),
    }
}

/// What the library that passes messages says.
enum Mpi {
    Processes(c_int),
    /// It is there and does not say.
    Silent,
    Absent,
}

fn processes() -> Mpi {
    let Some(library) = library() else { return Mpi::Absent };
    let names = [c"MPI_Initialized", c"MPI_Comm_size", c"MPI_Get_library_version"];
    let [Some(initialized), Some(size), Some(version)] = names.map(|name| symbol(library, name)) else {
        return Mpi::Silent;
    };
    // Signatures of the MPI standard; the handle of all processes is a pointer in Open MPI and a number in MPICH.
    unsafe {
        let initialized: extern "C" fn(*mut c_int) -> c_int = transmute(initialized);
        let version: extern "C" fn(*mut c_char, *mut c_int) -> c_int = transmute(version);
        let (mut running, mut count, mut length) = (0, 0, 0);
        if initialized(&raw mut running) != 0 || running == 0 {
            return Mpi::Silent;
        }
        let status = if let Some(world) = symbol(library, c"ompi_mpi_comm_world") {
            let size: extern "C" fn(*mut c_void, *mut c_int) -> c_int = transmute(size);
            size(world, &raw mut count)
        } else {
            let mut text = vec![0; DESCRIPTION];
            if version(text.as_mut_ptr(), &raw mut length) != 0 || !is_mpich(CStr::from_ptr(text.as_ptr())) {
                return Mpi::Silent;
            }
            let size: extern "C" fn(c_int, *mut c_int) -> c_int = transmute(size);
            size(MPICH_WORLD, &raw mut count)
        };
        if status == 0 { Mpi::Processes(count) } else { Mpi::Silent }
    }
}

fn is_mpich(version: &CStr) -> bool {
    let text = version.to_string_lossy();
    ["MPICH", "Intel(R) MPI", "MVAPICH", "CRAY MPICH"].iter().any(|name| text.starts_with(name))
}

/// Where the functions of MPI are: in sight, or in a library that was loaded out of sight.
fn library() -> Option<*mut c_void> {
    if symbol(libc::RTLD_DEFAULT, c"MPI_Initialized").is_some() {
        return Some(libc::RTLD_DEFAULT);
    }
    let mut found: Option<CString> = None;
    // The callback runs during the call only.
    unsafe { libc::dl_iterate_phdr(Some(look_at), (&raw mut found).cast()) };
    let path = found?;
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    // Without a handle nothing is found in it, which counts as a library that does not say.
    Some(if handle.is_null() { libc::RTLD_NEXT } else { handle })
}

/// Notes the path of a loaded library that is one of MPI.
unsafe extern "C" fn look_at(info: *mut libc::dl_phdr_info, _: usize, found: *mut c_void) -> c_int {
    let (name, found) = unsafe { ((*info).dlpi_name, &mut *found.cast::<Option<CString>>()) };
    if name.is_null() {
        return 0;
    }
    let path = unsafe { CStr::from_ptr(name) };
    let file = path.to_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    if file.starts_with(b"libmpi.") || file.starts_with(b"libmpich") || file.starts_with(b"libmpi_cray") {
        *found = Some(path.to_owned());
        return 1;
    }
    0
}

fn symbol(library: *mut c_void, name: &CStr) -> Option<*mut c_void> {
    let found = unsafe { libc::dlsym(library, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}
