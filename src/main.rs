#[tokio::main]
async fn main() -> std::process::ExitCode {
    forkgrade::probe::run(forkgrade::probe::ProbeArgs {}).await
}
