//! The `forkgrade` program: every command is a short function in `cli/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    forkgrade::cli::main()
}
