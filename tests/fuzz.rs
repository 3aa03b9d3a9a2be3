//! Every reader of what students write, over seeds and a bounded number of their mutations: the same functions that libFuzzer runs
//! for longer (`scripts/fuzz`). What it found stays in `fuzz/corpus/<target>/`, and is read here for good.

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

/// Mutations of the seeds of one target: seconds of a test, and the same on every machine.
const MUTATIONS: usize = 150;
/// Bytes of a seed and of what becomes of it.
const MAX_BYTES: usize = 16 << 10;
/// What turns parsers over when it stands in the wrong place.
const TOKENS: [&[u8]; 24] = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\"",
    b"\\",
    b"{",
    b"[[",
    b"]]>",
    b"(((((((((((((((",
    b"&a *a",
    b"<<: *x",
    b"${",
    b"..",
    b"../",
    b"`",
    b"```",
    b"::",
    b".. include:: /etc/passwd",
    b"<<<<<<< ",
    b"\xe2\x80\xae",
    b"NaN",
    b"1e999",
    b"\\ud800",
];

/// The next numbers of a stream that its name gives.
struct Stream(blake3::OutputReader);

impl Stream {
    fn of(name: &str) -> Self {
        Self(blake3::Hasher::new().update(name.as_bytes()).finalize_xof())
    }

    /// Below `end`; 0 where that is 0.
    fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % (end.max(1) as u64)).expect("below a length")
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut queue = vec![folder.to_owned()];
    while let Some(folder) = queue.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { queue.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Files of the demo course that are what a target reads, and whatever was found before.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fits = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
        match target {
            "compose" => name.contains("compose") && name.contains(".y"),
            "declaration" => name == ".forkgrade.toml",
            "dockerfile" => name.starts_with("dockerfile"),
            "notebook" => name.ends_with(".ipynb"),
            "python" => name.ends_with(".py"),
            "readme" => name.starts_with("readme"),
            "requirements" => {
                name.starts_with("requirements") || name.starts_with("pipfile") || name == "pyproject.toml"
            }
            _ => false,
        }
    };
    let found = files(&root.join("fuzz/corpus").join(target));
    let demo = files(&root.join("demo")).into_iter().filter(|path| fits(path));
    let mut seeds: Vec<Vec<u8>> = found.into_iter().chain(demo).map(|path| fs::read(path).expect("a seed")).collect();
    seeds.retain(|seed| seed.len() <= MAX_BYTES);
    seeds.push(b"a/b\nc".to_vec());
    seeds
}

/// A seed with some bytes changed, taken out, doubled, or put together with another one's.
fn mutated(seeds: &[Vec<u8>], stream: &mut Stream) -> Vec<u8> {
    let mut data = seeds[stream.below(seeds.len())].clone();
    for _ in 0..=stream.below(4) {
        let (at, until) = (stream.below(data.len() + 1), stream.below(data.len() + 1));
        let (at, until) = (at.min(until), at.max(until).min(at.min(until) + 200));
        match stream.below(6) {
            0 if at < data.len() => data[at] ^= 1 << stream.below(8),
            1 => drop(data.drain(at..until)),
            2 => {
                let again = data[at..until].to_vec();
                data.splice(at..at, again);
            }
            3 => {
                let other = &seeds[stream.below(seeds.len())];
                let from = stream.below(other.len() + 1);
                let part = other[from..other.len().min(from + 400)].to_vec();
                data.splice(at..until, part);
            }
            4 => data.truncate(at),
            _ => {
                let token = TOKENS[stream.below(TOKENS.len())];
                data.splice(at..at, token.iter().copied());
            }
        }
    }
    data.truncate(MAX_BYTES);
    data
}

fn fuzz(name: &str) {
    let (_, target) = targets::TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    let seeds = seeds(name);
    assert!(name == "names" || seeds.len() > 1, "the demo course has what {name} reads");
    seeds.iter().for_each(|seed| target(seed));
    let mut stream = Stream::of(name);
    for _ in 0..MUTATIONS {
        let data = mutated(&seeds, &mut stream);
        // A panic names the test; what it fell over goes where it can become a seed.
        let case = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
        fs::write(&case, &data).expect("the case");
        target(&data);
    }
}

macro_rules! fuzz_tests {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                fuzz(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_run_here_and_by_libfuzzer() {
            let here = [$(stringify!($name)),*];
            let all: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(here.as_slice(), all);
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/targets");
            let built: Vec<String> = files(&folder).iter().filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
            assert_eq!(built, all);
        }
    };
}

fuzz_tests!(compose, declaration, dockerfile, junit, names, notebook, python, readme, requirements, results);
