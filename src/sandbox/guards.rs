//! The engine's own walls, as far as engines and machines differ: what it is, what it can, and what our containers ask of it.
//! May import: `probe/` (its resolver), bollard.
//! Next: `limits.rs` for the walls that every container gets everywhere.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bollard::models::{HostConfig, Mount, MountType, ResourcesUlimits, SystemInfo, SystemVersion};

use super::engine::EngineError;
use super::limits::SECCOMP;
use crate::probe::RESOLVER;

/// What this engine is to our containers.
#[derive(Debug, Clone)]
pub(super) struct Guards {
    is_podman: bool,
    /// Files that the engine reads lie here: it sees them at the same path.
    folder: PathBuf,
    /// The runtime that the course names; the engine's own where absent.
    runtime: Option<String>,
    /// Our seccomp profile as the engine takes it.
    seccomp: String,
}

/// One wall, for `doctor`.
#[derive(Debug, PartialEq, Eq)]
pub struct Wall {
    pub name: &'static str,
    pub stands: Stands,
    pub says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    Yes,
    /// Its absence is worth knowing: other walls stand.
    NotHere,
    /// Without it nothing of a student may run.
    Missing,
}

impl Guards {
    /// Looks at the engine. A runtime that it does not have is an error now and not in the middle of a class's grading.
    pub(super) fn of(
        version: &SystemVersion,
        info: &SystemInfo,
        runtime: Option<&str>,
        folder: &Path,
    ) -> Result<Self, EngineError> {
        let components = version.components.iter().flatten();
        let is_podman = components.map(|component| component.name.as_str()).any(|name| name == "Podman Engine");
        if let Some(wanted) = runtime {
            let known: Vec<&str> = info.runtimes.iter().flatten().map(|(name, _)| name.as_str()).collect();
            if !known.contains(&wanted) {
                return Err(EngineError::Runtime { wanted: wanted.to_owned(), known: known.join(", ") });
            }
        }
        let folder = std::path::absolute(folder).map_err(|error| unwritten(folder, error))?;
        // Podman reads it from a file of its machine; Docker takes it by value.
        let seccomp = match is_podman {
            true => file_in(&folder, "seccomp", "json", SECCOMP)?.display().to_string(),
            false => SECCOMP.to_owned(),
        };
        Ok(Self { is_podman, folder, runtime: runtime.map(str::to_owned), seccomp })
    }

    /// What the engine is called.
    pub(super) fn engine(&self) -> &'static str {
        if self.is_podman { "Podman" } else { "Docker" }
    }

    /// The walls of a container as this engine takes them.
    pub(super) fn around(&self, config: HostConfig) -> HostConfig {
        let security = config.security_opt.into_iter().flatten();
        let security = security.chain([format!("seccomp={}", self.seccomp)]).collect();
        let tmpfs = config.tmpfs.map(|folders| {
            let options =
                |(path, options): (String, String)| (path, if self.is_podman { for_podman(&options) } else { options });
            folders.into_iter().map(options).collect()
        });
        let mut ulimits = config.ulimits.unwrap_or_default();
        if self.is_podman {
            // Its own defaults are more than it may grant on a machine that has less.
            let named =
                |ulimits: &[ResourcesUlimits], name: &str| ulimits.iter().any(|one| one.name.as_deref() == Some(name));
            for (name, value) in [("nproc", 8192), ("nofile", 8192)] {
                if !named(&ulimits, name) {
                    ulimits.push(ResourcesUlimits {
                        name: Some(name.to_owned()),
                        soft: Some(value),
                        hard: Some(value),
                    });
                }
            }
        }
        let runtime = self.runtime.clone();
        HostConfig { security_opt: Some(security), tmpfs, ulimits: Some(ulimits), runtime, ..config }
    }

    /// What gives a container the names and the resolver of its pod: engines keep none for a network that is none of theirs.
    pub(super) fn mounts_of_names(&self, names: &[String]) -> Result<Vec<Mount>, EngineError> {
        let names = std::iter::once("localhost").chain(names.iter().map(String::as_str));
        let hosts: String = names.map(|name| format!("127.0.0.1\t{name}\n")).collect();
        let hosts = format!("{hosts}::1\tlocalhost ip6-localhost ip6-loopback\n");
        let files = [("hosts", hosts), ("resolv.conf", format!("nameserver {RESOLVER}\n"))];
        let mount = |(name, text): (&str, String)| {
            Ok(Mount {
                source: Some(file_in(&self.folder, name, "txt", &text)?.display().to_string()),
                target: Some(format!("/etc/{name}")),
                typ: Some(MountType::BIND),
                read_only: Some(true),
                ..Mount::default()
            })
        };
        files.into_iter().map(mount).collect()
    }
}

/// Podman's engine names no owner of a temporary file system (it can be the container's own user, `U`), and leaves the mode of a folder
/// that the image has. Nor does it take a number of files: there memory alone bounds it.
fn for_podman(options: &str) -> String {
    let unknown = ["uid=", "gid=", "nr_inodes="];
    let kept = options.split(',').filter(|option| !unknown.iter().any(|name| option.starts_with(name)));
    let kept = kept.map(|option| if option == "mode=0700" { "mode=1777" } else { option });
    kept.chain(["U"]).collect::<Vec<_>>().join(",")
}

/// Files of this process under way.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// A file for the engine to read, named by what it holds: what is mounted in one container never changes for the next. The folder is ours:
/// nobody else writes there.
fn file_in(folder: &Path, name: &str, extension: &str, text: &str) -> Result<PathBuf, EngineError> {
    let hash = blake3::hash(text.as_bytes()).to_hex();
    let path = folder.join(format!("{name}-{}.{extension}", &hash[..16]));
    if !path.exists() {
        let fresh = folder.join(format!("{}-{}", std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed)));
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&fresh, text))
            // Users inside the containers read it, whatever our own umask.
            .and_then(|()| std::fs::set_permissions(&fresh, Permissions::from_mode(0o644)))
            .and_then(|()| std::fs::rename(&fresh, &path));
        written.map_err(|error| unwritten(&path, error))?;
    }
    Ok(path)
}

fn unwritten(path: &Path, error: std::io::Error) -> EngineError {
    EngineError::Refused(format!("{} cannot be written: {error}", path.display()))
}

/// What stands around containers here, and what does not, with what would mend it.
pub(super) fn walls(info: &SystemInfo, runtime: Option<&str>) -> Vec<Wall> {
    let options = info.security_options.as_deref().unwrap_or_default();
    let has = |name: &str| options.iter().any(|option| option.split(',').any(|part| part == format!("name={name}")));
    let default = info.default_runtime.as_deref().unwrap_or("its own");
    let wall = |name, stands, says: String| Wall { name, stands, says };
    let limit = |is_there: Option<bool>, name, what: &str| match is_there {
        Some(false) => wall(
            name,
            Stands::Missing,
            format!("this engine cannot bound {what}: the kernel's control group is not there"),
        ),
        _ => wall(name, Stands::Yes, format!("the engine bounds {what}")),
    };
    vec![
        match runtime {
            Some(runtime) => wall("runtime", Stands::Yes, format!("{runtime}, as course.toml says")),
            None => wall(
                "runtime",
                Stands::NotHere,
                format!(
                    "{default}: all containers share the kernel (`runtime = \"runsc\"` under [sandbox] once gVisor is installed)"
                ),
            ),
        },
        if has("userns") || has("rootless") {
            wall("user namespaces", Stands::Yes, "user ids of containers are nobody on this machine".to_owned())
        } else {
            let says = "user ids of containers are those of this machine (dockerd --userns-remap=default mends it)";
            wall("user namespaces", Stands::NotHere, says.to_owned())
        },
        if has("seccomp") || options.iter().any(|option| option.starts_with("name=seccomp")) {
            wall("seccomp", Stands::Yes, "our profile is loaded into every container".to_owned())
        } else {
            wall(
                "seccomp",
                Stands::Missing,
                "this engine filters no system calls: its kernel or build lacks seccomp".to_owned(),
            )
        },
        limit(info.memory_limit, "memory", "memory"),
        limit(info.cpu_cfs_quota, "processors", "processor time"),
        limit(info.pids_limit, "processes", "the number of processes"),
    ]
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use bollard::models::{HostConfig, Runtime, SystemInfo, SystemVersion, SystemVersionComponents};

    use super::{Guards, Stands, for_podman, walls};
    use crate::sandbox::EngineError;

    fn podman() -> SystemVersion {
        let component = SystemVersionComponents {
            name: "Podman Engine".into(),
            version: "4.3.1".into(),
            ..SystemVersionComponents::default()
        };
        SystemVersion { components: Some(vec![component]), ..SystemVersion::default() }
    }

    #[test]
    fn a_runtime_is_passed_on_where_the_engine_has_it_and_refused_where_not() {
        let runtimes = [("runsc".to_owned(), Runtime::default()), ("runc".to_owned(), Runtime::default())].into();
        let info = SystemInfo { runtimes: Some(runtimes), ..SystemInfo::default() };
        let folder = tempfile::tempdir().unwrap();
        let docker = SystemVersion::default();
        let guards = Guards::of(&docker, &info, Some("runsc"), folder.path()).unwrap();
        assert_eq!(guards.around(HostConfig::default()).runtime.as_deref(), Some("runsc"));
        let refused = Guards::of(&docker, &info, Some("kata"), folder.path()).unwrap_err();
        assert!(matches!(&refused, EngineError::Runtime { wanted, .. } if wanted == "kata"), "{refused}");
        assert!(refused.to_string().contains("runsc") && refused.to_string().contains("[sandbox]"), "{refused}");
        let guards = Guards::of(&docker, &info, None, folder.path()).unwrap();
        assert_eq!(guards.around(HostConfig::default()).runtime, None);
    }

    #[test]
    fn podman_reads_the_profile_from_a_file_and_owns_no_temporary_folder() {
        let folder = tempfile::tempdir().unwrap();
        let guards = Guards::of(&podman(), &SystemInfo::default(), None, folder.path()).unwrap();
        let asked =
            guards.around(HostConfig { security_opt: Some(vec!["no-new-privileges".into()]), ..HostConfig::default() });
        let security = asked.security_opt.unwrap();
        let profile = security[1].strip_prefix("seccomp=").unwrap();
        assert_eq!((security.len(), security[0].as_str()), (2, "no-new-privileges"));
        assert!(std::fs::read_to_string(profile).unwrap().contains("SCMP_ACT_ERRNO"));
        assert_eq!(
            for_podman("rw,noexec,nosuid,size=8m,nr_inodes=8192,mode=0700,uid=10001,gid=10001"),
            "rw,noexec,nosuid,size=8m,mode=1777,U"
        );
    }

    #[test]
    fn names_are_mounted_from_files_that_never_change_and_that_everybody_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let guards = Guards::of(&SystemVersion::default(), &SystemInfo::default(), None, folder.path()).unwrap();
        let names = ["mongo".to_owned(), "redis".to_owned()];
        let mounts = guards.mounts_of_names(&names).unwrap();
        let mounted = |at: &str| {
            let mount = mounts.iter().find(|mount| mount.target.as_deref() == Some(at)).unwrap();
            let source = mount.source.as_deref().unwrap();
            assert_eq!(std::fs::metadata(source).unwrap().permissions().mode() & 0o777, 0o644);
            std::fs::read_to_string(source).unwrap()
        };
        let hosts =
            "127.0.0.1\tlocalhost\n127.0.0.1\tmongo\n127.0.0.1\tredis\n::1\tlocalhost ip6-localhost ip6-loopback\n";
        assert_eq!(mounted("/etc/hosts"), hosts);
        assert_eq!(mounted("/etc/resolv.conf"), "nameserver 127.0.0.53\n");
        assert!(mounts.iter().all(|mount| mount.read_only == Some(true)));
        assert_ne!(guards.mounts_of_names(&names[..1]).unwrap()[0], mounts[0], "no file changes");
    }

    #[test]
    fn what_is_missing_is_told_apart_from_what_would_be_better() {
        let stands = |info: &SystemInfo, runtime, name: &str| {
            walls(info, runtime).into_iter().find(|wall| wall.name == name).map(|wall| wall.stands).unwrap()
        };
        let plain = SystemInfo {
            security_options: Some(vec!["name=seccomp,profile=builtin".into(), "name=userns".into()]),
            memory_limit: Some(true),
            pids_limit: Some(false),
            ..SystemInfo::default()
        };
        assert_eq!(stands(&plain, None, "user namespaces"), Stands::Yes);
        assert_eq!(stands(&plain, None, "seccomp"), Stands::Yes);
        assert_eq!(stands(&plain, None, "runtime"), Stands::NotHere);
        assert_eq!(stands(&plain, Some("runsc"), "runtime"), Stands::Yes);
        assert_eq!((stands(&plain, None, "memory"), stands(&plain, None, "processes")), (Stands::Yes, Stands::Missing));
        let bare = SystemInfo::default();
        assert_eq!(
            (stands(&bare, None, "seccomp"), stands(&bare, None, "user namespaces")),
            (Stands::Missing, Stands::NotHere)
        );
    }
}
