//! The `cormorant` program; see [`cormorant::cli`].

fn main() -> std::process::ExitCode {
    cormorant::cli::main(std::env::args_os())
}
