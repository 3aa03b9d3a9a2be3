//! The `[rubric]` section of a `course.toml` as its author wrote it, comments included.
//! May import: `domain/`.
//! Next: `write.rs`, for rubrics that nobody wrote by hand.

use crate::domain::Rubric;

/// The lines of a course file that make up its rubric, with the comments above and between them. `None` where they do not say by
/// themselves what the file says: then it is written in some other way than by headings of its own.
pub fn rubric_source(text: &str, rubric: &Rubric) -> Option<String> {
    let mut section = String::new();
    let mut above = String::new();
    let mut inside = false;
    for line in text.lines() {
        let start = line.trim_start();
        if let Some(heading) = start.strip_prefix('[') {
            let name = heading.trim_start_matches('[').split([']', '.']).next().unwrap_or_default();
            inside = name.trim().trim_matches(['"', '\'']) == "rubric";
        }
        let says_nothing = start.is_empty() || start.starts_with('#');
        if inside && !says_nothing {
            section.push_str(&above);
            section.push_str(line);
            section.push('\n');
        }
        if says_nothing {
            // Whose it is shows below it.
            above.push_str(line);
            above.push('\n');
        } else {
            above.clear();
        }
    }
    let section = section.trim_start_matches('\n').to_owned();
    super::parse_rubric(&section, "rubric").is_ok_and(|read| read == *rubric).then_some(section)
}
