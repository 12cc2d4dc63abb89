//! The two data symbols by which the KIM API recognizes a shared library, and their completion when it is loaded.
#![allow(unsafe_code, reason = "data symbols and a constructor as the KIM API and the loader expect them")]

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::ptr::null;

use crate::api::Identifier;
use crate::{create, place};

/// A file inside the library.
#[repr(C)]
pub struct EmbeddedFile {
    name: *const c_char,
    length: c_uint,
    bytes: *const u8,
}

/// Version 2 of the schema (`KIM_SharedLibrarySchema.hpp` of the KIM API 2.x).
#[repr(C)]
pub struct Schema {
    item_type: Identifier,
    item_name: *const c_char,
    create_language: Identifier,
    create: *const c_void,
    driver_name: *const c_char,
    simulator_model: *const EmbeddedFile,
    parameter_files: c_int,
    parameters: *const EmbeddedFile,
    metadata_files: c_int,
    metadata: *const EmbeddedFile,
}

// Read-only after the constructor below, which runs before anybody has a handle of the library.
unsafe impl Sync for Schema {}
unsafe impl Sync for EmbeddedFile {}

/// Identifier of a portable model among the kinds of items.
const PORTABLE_MODEL: Identifier = Identifier(1);
/// Identifier of C among the languages.
const C: Identifier = Identifier(1);
/// What the KIM API asks of every item: the version it was made for.
const VERSION: &CStr = c"2.3.0\n";
static METADATA: [EmbeddedFile; 1] = [EmbeddedFile {
    name: c"item-compiled-with-version.txt".as_ptr(),
    length: VERSION.count_bytes() as c_uint,
    bytes: VERSION.as_ptr().cast(),
}];

/// Version of the schema.
#[allow(non_upper_case_globals, reason = "the name that the KIM API looks up")]
#[unsafe(no_mangle)]
pub static kim_shared_library_schema_version: c_int = 2;

/// The schema.
#[allow(non_upper_case_globals, reason = "the name that the KIM API looks up")]
#[unsafe(no_mangle)]
pub static mut kim_shared_library_schema: Schema = Schema {
    item_type: PORTABLE_MODEL,
    item_name: c"cormorant".as_ptr(),
    create_language: C,
    create: create::model_create as *const c_void,
    driver_name: c"".as_ptr(),
    simulator_model: null(),
    parameter_files: 0,
    parameters: null(),
    metadata_files: 1,
    metadata: METADATA.as_ptr(),
};

/// Runs when the library is loaded: the model has the name of the folder.
extern "C" fn name_the_model() {
    let name = place::folder().and_then(|folder| folder.file_name()?.to_str().map(str::to_owned));
    if let Some(name) = name.and_then(|name| CString::new(name).ok()) {
        // The name has to live as long as the library, so it is never given back.
        unsafe { kim_shared_library_schema.item_name = name.into_raw() };
    }
}

#[used]
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = name_the_model;
