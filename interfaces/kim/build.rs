//! How the library is linked.

fn main() {
    // Every exported model carries a copy: without names of lines it is a few MB instead of hundreds.
    println!("cargo::rustc-link-arg-cdylib=-Wl,--strip-debug");
    println!("cargo::rerun-if-changed=build.rs");
}
