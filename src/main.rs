//! The `forkgrade` program: one short function per command, each in `cli/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    forkgrade::cli::main()
}
