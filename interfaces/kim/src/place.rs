//! Where the library lies.
#![allow(unsafe_code, reason = "the loader is asked through its C interface")]

use std::ffi::{CStr, OsStr};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The folder of the file that this code was loaded from.
pub fn folder() -> Option<PathBuf> {
    let mut found = MaybeUninit::<libc::Dl_info>::zeroed();
    // `dladdr` fills the structure when it returns non-zero; the name in it lives as long as the library.
    let path = unsafe {
        if libc::dladdr((folder as fn() -> Option<PathBuf>) as *const libc::c_void, found.as_mut_ptr()) == 0 {
            return None;
        }
        let name = found.assume_init().dli_fname;
        if name.is_null() {
            return None;
        }
        PathBuf::from(OsStr::from_bytes(CStr::from_ptr(name).to_bytes()))
    };
    path.canonicalize().ok()?.parent().map(Path::to_path_buf)
}
