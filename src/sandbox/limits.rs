//! What every container of ours gets, and what a student's container gets at most.
//! May import: `domain/`.
//! Next: `workspace.rs`, `pod.rs`.

use std::collections::HashMap;

use bollard::models::{HostConfig, HostConfigLogConfig, ResourcesUlimits};

const MEBIBYTE: i64 = 1024 * 1024;
/// The engine's default profile as of 2026 (github.com/moby/profiles, Apache-2.0), unchanged. Older engines, whose own
/// still allows io_uring, are so no weaker than new ones.
pub(super) const SECCOMP: &str = include_str!("seccomp.json");

/// Bounds of one container.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Temporary file systems count as memory.
    pub memory_mib: u32,
    pub cpu_percent: u32,
    pub pids: u32,
    /// The engine's own where absent: it may not be allowed to grant more than it has itself.
    pub open_files: Option<u32>,
    /// Path and mount options of each writable folder; everything else is read-only.
    pub tmpfs: Vec<(String, String)>,
}

/// A sized temporary file system for a user: `exec` where programs are unpacked into it. Empty files take memory too: there may
/// be one for each kilobyte.
pub fn tmpfs(path: &str, mebibytes: u32, user: u32, exec: bool) -> (String, String) {
    let exec = if exec { "exec" } else { "noexec" };
    let files = u64::from(mebibytes) * 1024;
    let options = format!("rw,{exec},nosuid,nodev,size={mebibytes}m,nr_inodes={files},mode=0700,uid={user},gid={user}");
    (path.to_owned(), options)
}

impl Limits {
    /// The walls of a container: everything that can be taken away is taken away. `guards.rs` adds the engine's own.
    pub fn host_config(&self, network: &str) -> HostConfig {
        let memory = i64::from(self.memory_mib) * MEBIBYTE;
        let ulimit = |name: &str, value: i64| ResourcesUlimits {
            name: Some(name.to_owned()),
            soft: Some(value),
            hard: Some(value),
        };
        let open_files = self.open_files.map(|files| ulimit("nofile", files.into())).into_iter();
        HostConfig {
            network_mode: Some(network.to_owned()),
            memory: Some(memory),
            // Equal to the memory: no swap (unset, it would double the limit).
            memory_swap: Some(memory),
            nano_cpus: Some(i64::from(self.cpu_percent) * 10_000_000),
            pids_limit: Some(i64::from(self.pids)),
            ulimits: Some(open_files.chain([ulimit("core", 0)]).collect()),
            readonly_rootfs: Some(true),
            tmpfs: Some(self.tmpfs.iter().cloned().collect::<HashMap<_, _>>()),
            shm_size: Some(16 * MEBIBYTE),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            privileged: Some(false),
            // What is printed is read by us as it comes, bounded: nothing of it lies on a disk.
            log_config: Some(HostConfigLogConfig { typ: Some("none".to_owned()), config: None }),
            ..Default::default()
        }
    }
}
