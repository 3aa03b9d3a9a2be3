//! `.dockerignore`: which files of a folder a build never sees.
//! May import: globset.
//! Next: `sandbox/build/context.rs` asks it.

use globset::{GlobBuilder, GlobMatcher};

/// Patterns that are read at most.
const MAX_PATTERNS: usize = 200;

/// The patterns of a file, in their order.
#[derive(Debug, Default)]
pub struct Ignore(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    glob: GlobMatcher,
    /// `!` takes back what earlier ones left out.
    is_exception: bool,
}

impl Ignore {
    /// Reads the lines of a file. What is no pattern is ignored, as Docker would refuse the whole build for it.
    pub fn of(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(lines.filter_map(pattern).take(MAX_PATTERNS).collect())
    }

    /// Whether a path, seen from the folder, is left out: the last pattern that matches it or a folder above it decides.
    pub fn leaves_out(&self, path: &str) -> bool {
        let above = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        let ways: Vec<&str> = above.chain([path]).collect();
        let decides = self.0.iter().rfind(|pattern| ways.iter().any(|way| pattern.glob.is_match(way)));
        decides.is_some_and(|pattern| !pattern.is_exception)
    }
}

fn pattern(line: &str) -> Option<Pattern> {
    let (is_exception, line) = match line.strip_prefix('!') {
        Some(rest) => (true, rest.trim()),
        None => (false, line),
    };
    // All of them are seen from the folder: `/a`, `./a` and `a/` mean what `a` means.
    let line = line.trim_start_matches("./").trim_matches('/');
    let glob = GlobBuilder::new(line).literal_separator(true).build().ok()?;
    Some(Pattern { glob: glob.compile_matcher(), is_exception }).filter(|_| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Ignore;

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let ignore =
            Ignore::of("# rien\n*.csv\n!films.csv\n/donnees/\n**/__pycache__\nsecret?.txt\n!donnees/garde\n\n!\n[");
        for path in ["a.csv", "donnees", "donnees/x/y.txt", "x/y/__pycache__/z.pyc", "secret1.txt", "__pycache__/a"] {
            assert!(ignore.leaves_out(path), "{path}");
        }
        for path in ["films.csv", "x/a.csv", "donnees2/x", "donnees/garde/a", "secret12.txt", "app.py"] {
            assert!(!ignore.leaves_out(path), "{path}");
        }
    }
}
