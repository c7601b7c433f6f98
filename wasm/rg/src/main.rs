//! rg, as it is.

fn main() -> std::process::ExitCode {
    ripgrep::main()
}
