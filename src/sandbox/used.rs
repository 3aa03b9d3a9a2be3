//! What a container has used since it started, as the kernel counts it.
//! May import: `clock`, bollard.
//! Next: `workspace.rs`, which asks after each program.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bollard::query_parameters::{EventsOptions, StatsOptions};
use chrono::{DateTime, Utc};
use futures::StreamExt;

use super::engine::Engine;
use crate::clock::Clock;

const CGROUPS: &str = "/sys/fs/cgroup";

/// Empty of a container that has ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    pub cpu_milliseconds: Option<u64>,
    /// The highest so far, files in memory included; the present one where no highest is kept.
    pub peak_memory_bytes: Option<u64>,
    /// Processes that were killed because its memory was full. Only the kernel counts them.
    pub killed_for_memory: Option<u64>,
}

impl Engine {
    /// `pid` is that of the container's first process, as the engine says it.
    pub(super) async fn used(&self, container: &str, pid: Option<i64>) -> Used {
        // Docker looks at its containers once a second, and whoever asks waits for that. The kernel tells at once, where it is ours.
        match pid.and_then(|pid| told_by_kernel(pid, container)) {
            Some(used) => used,
            None => self.told_by_engine(container).await,
        }
    }

    async fn told_by_engine(&self, container: &str) -> Used {
        let options = StatsOptions { stream: false, one_shot: true };
        let stats = self.docker.stats(container, Some(options)).next().await.and_then(Result::ok).unwrap_or_default();
        let nanoseconds = stats.cpu_stats.and_then(|cpu| cpu.cpu_usage).and_then(|cpu| cpu.total_usage);
        Used {
            // Of a container that has ended it reports nothing used.
            cpu_milliseconds: nanoseconds
                .filter(|&nanoseconds| nanoseconds > 0)
                .map(|nanoseconds| nanoseconds / 1_000_000),
            peak_memory_bytes: stats.memory_stats.and_then(|memory| memory.max_usage.or(memory.usage)),
            killed_for_memory: None,
        }
    }

    /// Whether any process of a container was killed for memory since it was last asked; `before` counts those until then. Where the kernel
    /// is out of sight, since a moment, by the engine's events.
    pub(super) async fn killed_for_memory(
        &self,
        container: &str,
        used: Used,
        before: &AtomicU64,
        since: DateTime<Utc>,
    ) -> bool {
        match used.killed_for_memory {
            Some(killed) => killed > before.swap(killed, Ordering::Relaxed),
            None => self.saw_memory_event(container, since).await,
        }
    }

    /// Whether the kernel killed any process of a container for memory.
    async fn saw_memory_event(&self, container: &str, since: DateTime<Utc>) -> bool {
        let filters = HashMap::from([
            ("container".to_owned(), vec![container.to_owned()]),
            ("event".to_owned(), vec!["oom".to_owned()]),
        ]);
        let stamp = |time: DateTime<Utc>| format!("{}.{:09}", time.timestamp(), time.timestamp_subsec_nanos());
        // Until now, so that the engine answers with what it has and does not wait for more.
        let until = Some(stamp(Clock::System.now()));
        let options = EventsOptions { since: Some(stamp(since)), until, filters: Some(filters) };
        self.docker.events(Some(options)).next().await.is_some_and(|event| event.is_ok())
    }
}

/// `None` where the engine runs on another machine, or we see another `/proc` than it.
fn told_by_kernel(pid: i64, container: &str) -> Option<Used> {
    let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    // `<hierarchy>:<controllers>:<path>`, see cgroups(7).
    let folder = |controller: &str| -> Option<PathBuf> {
        let mut groups = groups.lines().filter_map(|line| line.split_once(':')?.1.split_once(':'));
        let (_, path) = groups.find(|(controllers, _)| controllers.split(',').any(|one| one == controller))?;
        // A process of the same number that is not the container's.
        path.contains(container).then(|| Path::new(CGROUPS).join(controller).join(path.trim_start_matches('/')))
    };
    if let Some((cpu, memory)) = folder("cpuacct").zip(folder("memory")) {
        return Some(Used {
            cpu_milliseconds: number(&cpu.join("cpuacct.usage")).map(|nanoseconds| nanoseconds / 1_000_000),
            peak_memory_bytes: number(&memory.join("memory.max_usage_in_bytes")),
            killed_for_memory: named(&memory.join("memory.oom_control"), "oom_kill"),
        });
    }
    let unified = folder("")?;
    Some(Used {
        cpu_milliseconds: Some(named(&unified.join("cpu.stat"), "usage_usec")? / 1_000),
        peak_memory_bytes: number(&unified.join("memory.peak")).or_else(|| number(&unified.join("memory.current"))),
        killed_for_memory: named(&unified.join("memory.events"), "oom_kill"),
    })
}

/// The number beside a name, in a file of one such pair on each line.
fn named(file: &Path, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

fn number(file: &Path) -> Option<u64> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}
