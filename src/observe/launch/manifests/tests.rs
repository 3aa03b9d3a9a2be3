use super::{Manifest, read};
use crate::domain::source::RepoPath;
use crate::observe::folder::Folder;
use crate::observe::tree::Tree;

fn manifest(files: &[(&str, &[u8])]) -> Manifest {
    let root = tempfile::tempdir().expect("a temporary folder");
    for (path, bytes) in files {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    let folder = Folder::open(root.path()).expect("a folder");
    let (first, _) = files.first().expect("a file");
    RepoPath::parse(first).and_then(|path| read(&Tree::new(&folder), &path)).expect(first)
}

#[track_caller]
fn reads(name: &str, text: &str, wanted: &[&str], refused: usize, python: Option<&str>) {
    let manifest = manifest(&[(name, text.as_bytes())]);
    let lines: Vec<_> = manifest.requirements.iter().map(|requirement| requirement.line.as_str()).collect();
    assert_eq!(
        (lines, manifest.refused.len(), manifest.python.as_deref()),
        (wanted.to_vec(), refused, python),
        "{name}"
    );
}

#[test]
fn reads_lists_and_locks() {
    reads("requirements.txt", "Flask\n-r x.txt\npandas==1.1.4\n", &["flask", "pandas==1.1.4"], 1, None);
    reads(
        "requirements.txt",
        "flask==1.1.2 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-e git+https://example.org/x#egg=x\n--index-url https://example.org\n",
        &["flask==1.1.2"],
        2,
        None,
    );
    reads(
        "Pipfile",
        "[packages]\nflask = \"*\"\npymongo = \"==3.11\"\ndns = {git = 'x'}\nuvicorn = {version='*', extras=['standard']}\n[requires]\npython_version = '3.7'\n",
        &["flask", "pymongo==3.11", "uvicorn[standard]"],
        1,
        Some("3.7"),
    );
    reads(
        "Pipfile.lock",
        r#"{"_meta":{"requires":{"python_version":"3.8"}},"default":{"colorama":{"version":"==0.4.4","markers":"sys_platform == 'win32'"},"flask":{"version":"==1.1.2"},"x":{"path":"."}}}"#,
        &["colorama==0.4.4 ; sys_platform == 'win32'", "flask==1.1.2"],
        1,
        Some("3.8"),
    );
    reads(
        "uv.lock",
        "requires-python = '>=3.11'\n[[package]]\nname='projet'\nversion='0.1'\nsource={virtual='.'}\n[[package]]\nname='flask'\nversion='3.0.0'\nsource={registry='https://example.org'}\n",
        &["flask==3.0.0"],
        0,
        Some(">=3.11"),
    );
}

#[test]
fn reads_project_files() {
    reads(
        "pyproject.toml",
        "[project]\nname = 'films'\nrequires-python = '>=3.9'\ndependencies = ['Flask>=2', 'pymongo']\n",
        &["flask>=2", "pymongo"],
        0,
        Some(">=3.9"),
    );
    reads(
        "pyproject.toml",
        "[tool.poetry.dependencies]\npython = '^3.9'\nflask = '^2.0'\nredis = '~4.1'\nrequests = '2.28'\n",
        &["flask>=2.0,<3", "redis~=4.1", "requests==2.28"],
        0,
        Some("^3.9"),
    );
    reads(
        "setup.py",
        "from setuptools import setup\nraise SystemExit('never run')\nNEEDS = ['Flask==2.0', 'pymongo']\nsetup(name='films', python_requires='>=3.8', install_requires=NEEDS)\n",
        &["flask==2.0", "pymongo"],
        0,
        Some(">=3.8"),
    );
    reads(
        "setup.cfg",
        "[metadata]\nname = films\n[options]\npython_requires = >=3.8\ninstall_requires =\n    Flask\n    redis>=4\n[options.extras_require]\ntest = pytest\n",
        &["flask", "redis>=4"],
        0,
        Some(">=3.8"),
    );
}

#[test]
fn reads_what_conda_writes() {
    reads(
        "environment.yml",
        "name: films\nchannels: [conda-forge]\ndependencies:\n  - python=3.8.5\n  - pip\n  - flask=1.1\n  - conda-forge::pandas=1.1.4=py38hb1e8313_0\n  - numpy >=1.19\n  - opencv\n  - libffi=3.3=he6710b0_2\n  - pip:\n    - pymongo==3.11\n    - -e .\n",
        &["flask==1.1.*", "pandas==1.1.4", "numpy>=1.19", "opencv-python-headless", "pymongo==3.11"],
        2,
        Some("3.8.5"),
    );
}

#[test]
fn files_draw_in_others_once_and_none_from_outside() {
    let manifest = manifest(&[
        ("projet/requirements.txt", b"-r commun.txt\n-r ../../dehors.txt\nflask\n"),
        ("projet/commun.txt", "\u{feff}pymongo\r\n--requirement=requirements.txt\r\nredis\r\n".as_bytes()),
    ]);
    let lines: Vec<_> = manifest.requirements.iter().map(|requirement| requirement.line.as_str()).collect();
    assert_eq!((lines, manifest.refused), (vec!["pymongo", "redis", "flask"], vec!["-r ../../dehors.txt".to_owned()]));
}
