//! A Postgres cluster of our own under the data folder, for whoever has no `DATABASE_URL`.
//! May import: std, nix, `random`. Uses the system's Postgres programs.
//! Next: `mod.rs`, which connects to what is started here.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{Uid, User};

/// The oldest major version that will do.
const OLDEST_MAJOR: u32 = 15;
const USER: &str = "forkgrade";

/// Why our own cluster is not there, with what mends it.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "no Postgres {OLDEST_MAJOR} or later on this machine: install it (apt-get install postgresql) or set DATABASE_URL"
    )]
    NoPrograms,
    #[error(
        "Postgres refuses to run as root, and there is no user `postgres` or `nobody` to run it as: set DATABASE_URL"
    )]
    NoUser,
    #[error(
        "the cluster under {folder} was made by Postgres {found}, and this machine has {has}: run pg_upgrade, or install Postgres {found}"
    )]
    OtherMajor { folder: PathBuf, found: String, has: u32 },
    #[error(
        "{program} failed: {output} (the cluster lies under {folder}; every folder above it must be open to the user that Postgres runs as)"
    )]
    Failed { program: &'static str, output: String, folder: PathBuf },
    #[error("cannot write {path}: {cause}")]
    Io { path: PathBuf, cause: io::Error },
}

/// A running cluster. Several processes share one; the last that lets go stops it.
pub struct Cluster {
    /// Address of its database.
    pub url: String,
    control: Control,
    users: Option<Flock<File>>,
}

impl Cluster {
    /// Starts the cluster under `folder` (made where absent), or joins the one that already runs there. Blocking.
    pub fn start(folder: &Path) -> Result<Self, ClusterError> {
        let control = Control::new(folder)?;
        control.make_folder(folder)?;
        // Whoever starts holds this lock alone, so that two servers started at once make one cluster.
        let starting = lock(&folder.join("starting.lock"), FlockArg::LockExclusive)?;
        let users = lock(&folder.join("users.lock"), FlockArg::LockShared)?;
        let password = control.password(folder)?;
        if !control.data.join("PG_VERSION").exists() {
            control.init(folder)?;
        }
        control.check_major()?;
        if !control.is_running()? {
            control.run_server(free_port()?)?;
        }
        let port = control.port()?;
        drop(starting);
        let url = format!("postgres://{USER}:{password}@127.0.0.1:{port}/postgres");
        Ok(Self { url, control, users: Some(users) })
    }

    /// Stops the server unless another process still uses it. Blocking.
    pub fn stop(mut self) {
        self.let_go();
    }

    fn let_go(&mut self) {
        let Some(users) = self.users.take() else { return };
        match users.relock(FlockArg::LockExclusiveNonblock) {
            Ok(_alone) => {
                if let Err(error) = self.control.stop_server() {
                    tracing::warn!(%error, "cannot stop our own Postgres");
                }
            }
            Err(_shared) => tracing::debug!("another process still uses our own Postgres"),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// How the cluster's programs are called.
struct Control {
    programs: PathBuf,
    major: u32,
    /// Set where we are root ourselves.
    user: Option<User>,
    data: PathBuf,
}

impl Control {
    fn new(folder: &Path) -> Result<Self, ClusterError> {
        let (major, programs) = find_programs().ok_or(ClusterError::NoPrograms)?;
        let user = if Uid::effective().is_root() { Some(unprivileged_user()?) } else { None };
        Ok(Self { programs, major, user, data: folder.join("data") })
    }

    fn make_folder(&self, folder: &Path) -> Result<(), ClusterError> {
        let wrap = |cause| ClusterError::Io { path: folder.to_owned(), cause };
        fs::create_dir_all(folder).map_err(wrap)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(wrap)?;
        self.own(folder).map_err(wrap)
    }

    fn own(&self, path: &Path) -> io::Result<()> {
        match &self.user {
            Some(user) => chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())),
            None => Ok(()),
        }
    }

    /// The superuser's password, made at the first start and kept beside the data, readable by nobody else.
    fn password(&self, folder: &Path) -> Result<String, ClusterError> {
        let path = folder.join("password");
        let wrap = |cause| ClusterError::Io { path: path.clone(), cause };
        match fs::read_to_string(&path) {
            Ok(password) => Ok(password.trim().to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let password = crate::random::token();
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(wrap)?;
                file.write_all(password.as_bytes()).map_err(wrap)?;
                self.own(&path).map_err(wrap)?;
                Ok(password)
            }
            Err(error) => Err(wrap(error)),
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin").current_dir("/").stdin(Stdio::null());
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    fn checked(&self, program: &'static str, output: io::Result<Output>) -> Result<Output, ClusterError> {
        let failed = |output| ClusterError::Failed { program, output, folder: self.data.clone() };
        let output = output.map_err(|error| failed(error.to_string()))?;
        if output.status.success() {
            return Ok(output);
        }
        let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
        Err(failed(String::from_utf8_lossy(said).trim().to_owned()))
    }

    fn init(&self, folder: &Path) -> Result<(), ClusterError> {
        let output = self
            .command("initdb")
            .arg("--pgdata")
            .arg(&self.data)
            .args(["--username", USER, "--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "scram-sha-256"])
            .arg("--pwfile")
            .arg(folder.join("password"))
            .output();
        self.checked("initdb", output).map(drop)
    }

    fn check_major(&self) -> Result<(), ClusterError> {
        let path = self.data.join("PG_VERSION");
        let found = fs::read_to_string(&path).map_err(|cause| ClusterError::Io { path, cause })?.trim().to_owned();
        if found == self.major.to_string() {
            return Ok(());
        }
        Err(ClusterError::OtherMajor { folder: self.data.clone(), found, has: self.major })
    }

    fn is_running(&self) -> Result<bool, ClusterError> {
        let status = self.command("pg_ctl").arg("status").arg("--pgdata").arg(&self.data).output();
        let status = status.map_err(|error| ClusterError::Failed {
            program: "pg_ctl",
            output: error.to_string(),
            folder: self.data.clone(),
        })?;
        Ok(status.status.success())
    }

    fn run_server(&self, port: u16) -> Result<(), ClusterError> {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c max_connections=100"
        );
        let output = self
            .command("pg_ctl")
            .args(["start", "--wait", "--silent", "--pgdata"])
            .arg(&self.data)
            .arg("--log")
            .arg(self.data.join("server.log"))
            .args(["--options", &options])
            // A server that outlives us must not hold our pipes open.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C at our terminal stops us, and we stop the server.
            .process_group(0)
            .output();
        self.checked("pg_ctl start", output).map(drop).map_err(|error| match error {
            ClusterError::Failed { program, folder, .. } => {
                let log = fs::read_to_string(self.data.join("server.log")).unwrap_or_default();
                let tail: Vec<&str> = log.lines().rev().take(5).collect();
                let output = tail.into_iter().rev().collect::<Vec<_>>().join("; ");
                ClusterError::Failed { program, output, folder }
            }
            other => other,
        })
    }

    /// The port that the running server wrote down (fourth line of its pid file).
    fn port(&self) -> Result<u16, ClusterError> {
        let path = self.data.join("postmaster.pid");
        let text = fs::read_to_string(&path).map_err(|cause| ClusterError::Io { path, cause })?;
        text.lines().nth(3).and_then(|line| line.trim().parse().ok()).ok_or_else(|| ClusterError::Failed {
            program: "pg_ctl start",
            output: "the server wrote down no port".into(),
            folder: self.data.clone(),
        })
    }

    fn stop_server(&self) -> Result<(), ClusterError> {
        let output = self
            .command("pg_ctl")
            .args(["stop", "--wait", "--silent", "--mode", "fast", "--pgdata"])
            .arg(&self.data)
            .output();
        self.checked("pg_ctl stop", output).map(drop)
    }
}

fn lock(path: &Path, how: FlockArg) -> Result<Flock<File>, ClusterError> {
    let wrap = |cause| ClusterError::Io { path: path.to_owned(), cause };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(wrap)?;
    Flock::lock(file, how).map_err(|(_, errno)| wrap(errno.into()))
}

fn free_port() -> Result<u16, ClusterError> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|cause| ClusterError::Io { path: "127.0.0.1:0".into(), cause })
}

fn unprivileged_user() -> Result<User, ClusterError> {
    ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten()).ok_or(ClusterError::NoUser)
}

/// The newest installed Postgres: Debian keeps each major in a folder of its own, others have it on the usual paths.
fn find_programs() -> Option<(u32, PathBuf)> {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let usual = ["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"].into_iter().map(PathBuf::from);
    debian.chain(usual).filter_map(|folder| Some((major_of(&folder)?, folder))).max()
}

fn major_of(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.split_whitespace().nth(2)?;
    let major = version.split('.').next()?.parse().ok()?;
    (major >= OLDEST_MAJOR && folder.join("initdb").exists()).then_some(major)
}
