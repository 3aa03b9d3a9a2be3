//! What terminals see: progress while work goes on, tables when it is done.
//! May import: `worker/`, `sync`, `domain/`, `i18n`.
//! Next: `grade.rs` and `sync.rs`, which call it.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, Table};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::domain::ids::RunId;
use crate::worker::Progress;

/// Shows a worker's progress until `done`: a spinner per run and a bar on a terminal, a line per event elsewhere.
pub async fn runs(mut events: broadcast::Receiver<Progress>, total: u64, done: CancellationToken) {
    let mut screen = Screen::new(total);
    loop {
        let event = done.run_until_cancelled(events.recv()).await;
        match event {
            Some(Ok(event)) => screen.show(event),
            Some(Err(broadcast::error::RecvError::Lagged(_))) => {}
            Some(Err(broadcast::error::RecvError::Closed)) | None => break,
        }
    }
    // What was told before the end is still shown.
    while let Ok(event) = events.try_recv() {
        screen.show(event);
    }
    screen.bars.clear().ok();
}

struct Screen {
    bars: MultiProgress,
    total: ProgressBar,
    spinners: HashMap<RunId, ProgressBar>,
    interactive: bool,
}

impl Screen {
    fn new(total: u64) -> Self {
        let bars = MultiProgress::new();
        let bar = bars.add(ProgressBar::new(total));
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} graded, {elapsed} gone") {
            bar.set_style(style);
        }
        Self { bars, total: bar, spinners: HashMap::new(), interactive: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, event: Progress) {
        match event {
            Progress::Claimed { run, fork } => {
                let spinner = self.bars.add(ProgressBar::new_spinner());
                spinner.enable_steady_tick(Duration::from_millis(120));
                spinner.set_message(fork);
                self.spinners.insert(run, spinner);
            }
            Progress::Stage { run, fork, stage } => {
                if let Some(spinner) = self.spinners.get(&run) {
                    spinner.set_message(format!("{fork}: {}", stage.as_str()));
                }
                if !self.interactive {
                    self.line(format!("  {fork}: {}", stage.as_str()));
                }
            }
            Progress::Graded { run, fork, total, seconds } => {
                self.end(run, format!("✔ {fork}: {total} in {seconds:.1} s"));
                self.total.inc(1);
            }
            Progress::Delayed { run, fork } => {
                self.forget(run);
                tracing::debug!("{fork}: an identical project runs right now, its facts will serve");
            }
            Progress::Failed { run, fork, error, retried } => {
                let next = if retried { "is tried again" } else { "given up; ours to mend, nobody loses a point" };
                self.end(run, format!("✘ {fork}: {error} ({next})"));
            }
            Progress::EngineAway { error } => self.line(format!("! {error}; waiting for the engine")),
        }
    }

    fn forget(&mut self, run: RunId) {
        if let Some(spinner) = self.spinners.remove(&run) {
            spinner.finish_and_clear();
        }
    }

    fn end(&mut self, run: RunId, line: String) {
        self.forget(run);
        self.line(line);
    }

    fn line(&self, line: String) {
        if self.interactive {
            self.bars.println(line).ok();
        } else {
            eprintln!("{line}");
        }
    }
}

/// A table with a heading; columns named in `right` hold numbers.
pub fn table(heading: &[&str], right: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(heading.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for &index in right {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
