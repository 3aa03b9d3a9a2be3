//! Names in git trees: a path that is accepted never leaves the tree, and what is built of it neither.
#![no_main]

use forkgrade::domain::source::RepoPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (folder, name) = text.split_once('\n').unwrap_or((&text, ""));
    let Some(path) = RepoPath::parse(folder) else { return };
    let safe = |path: &RepoPath| {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        let whole = path.as_str().is_empty() || parts.iter().all(|part| !part.is_empty());
        whole
            && !parts.iter().any(|part| matches!(*part, "." | "..") || part.eq_ignore_ascii_case(".git"))
            && !path.as_str().contains(['\0', '\\'])
    };
    assert!(safe(&path) && safe(&path.parent()), "{path:?}");
    assert_eq!(RepoPath::parse(path.as_str()).as_ref(), Some(&path), "a path names itself");
    if let Some(joined) = path.join(name) {
        assert!(safe(&joined), "{joined:?}");
        assert!(joined == path || joined.below(&path).is_some(), "{joined:?} below {path:?}");
    }
});
