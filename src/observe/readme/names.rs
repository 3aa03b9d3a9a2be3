//! Which files are documents: READMEs under every name, reports and guides beside them, and whatever lies in a folder of documents.
//! May import: strsim, `domain/`.
//! Next: `mod.rs` reads what is found here.

use crate::domain::facts::inspection::ReadmeFormat;
use crate::domain::source::RepoPath;
use crate::domain::title;

/// Names of READMEs without what is no letter; anything may follow.
const READMES: [&str; 4] = ["readme", "lisezmoi", "alire", "readthis"];
/// Beginnings of words by which other documents are called.
const DOCUMENTS: [&str; 16] = [
    "documentation",
    "rapport",
    "report",
    "guide",
    "userguide",
    "manuel",
    "manual",
    "notice",
    "presentation",
    "soutenance",
    "slides",
    "architecture",
    "specification",
    "compte rendu",
    "cahier des charges",
    "mode d emploi",
];
/// Words that are names of documents only as they are.
const EXACTLY: [&str; 4] = ["doc", "docs", "wiki", "notes"];
/// Folders in which everything readable is a document.
const FOLDERS: [&str; 8] = ["doc", "docs", "documentation", "documentations", "wiki", "rapport", "report", "guide"];
/// Text files that are no documents, wherever they lie.
const NO_DOCUMENTS: [&str; 8] =
    ["requirement", "robots", "license", "licence", "changelog", "cmakelists", "runtime", "constraints"];

/// Whether a file is a README, by its name.
pub fn is_readme(path: &RepoPath) -> bool {
    let stem: String = title::fold(stem(path)).chars().filter(|c| c.is_alphanumeric()).collect();
    let is_called = READMES.iter().any(|name| stem.starts_with(name));
    // A letter too many, too few, wrong or in the wrong place.
    let is_almost = ["readme", "lisezmoi"].iter().any(|name| strsim::osa_distance(&stem, name) == 1);
    (is_called || is_almost) && by_extension(path).is_some()
}

/// The format of a README or of another document of a project that begins at `folder`; `None` for everything else.
pub fn document(path: &RepoPath, folder: &RepoPath) -> Option<ReadmeFormat> {
    let format = by_extension(path)?;
    if is_readme(path) {
        return Some(format);
    }
    let words = title::words(stem(path));
    let is_text = path.extension() == "txt";
    if path.extension().is_empty() || is_text && NO_DOCUMENTS.iter().any(|name| title::hold(&words, name)) {
        return None;
    }
    let is_called = DOCUMENTS.iter().any(|name| title::hold(&words, name))
        || words.iter().any(|word| EXACTLY.contains(&word.as_str()));
    (is_called || lies_among_documents(path, folder)).then_some(format)
}

fn lies_among_documents(path: &RepoPath, folder: &RepoPath) -> bool {
    let Some(inside) = path.below(folder) else { return false };
    let parent = inside.parent();
    parent.as_str().split('/').any(|part| FOLDERS.contains(&title::fold(part).as_str()))
}

/// The name without its extension.
pub fn stem(path: &RepoPath) -> &str {
    path.name().rsplit_once('.').map_or(path.name(), |(stem, _)| if stem.is_empty() { path.name() } else { stem })
}

/// What a file is written in, by its extension.
pub fn by_extension(path: &RepoPath) -> Option<ReadmeFormat> {
    match path.extension().as_str() {
        "rst" | "rest" => Some(ReadmeFormat::Restructuredtext),
        "md" | "markdown" | "mkd" | "mdown" => Some(ReadmeFormat::Markdown),
        "txt" | "text" | "adoc" | "asciidoc" | "org" | "textile" | "" => Some(ReadmeFormat::Text),
        "pdf" => Some(ReadmeFormat::Pdf),
        "doc" | "docx" | "odt" | "rtf" | "ppt" | "pptx" | "odp" | "pages" => Some(ReadmeFormat::Office),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{document, is_readme};
    use crate::domain::facts::inspection::ReadmeFormat::{self, Markdown, Office, Pdf, Restructuredtext, Text};
    use crate::domain::source::RepoPath;

    #[test]
    fn documents_are_known_by_name_and_place() {
        let cases: [(&str, Option<ReadmeFormat>); 24] = [
            ("README.rst", Some(Restructuredtext)),
            ("ReadMe.MD", Some(Markdown)),
            ("README", Some(Text)),
            ("readme (1).txt", Some(Text)),
            ("READEME.md", Some(Markdown)),
            ("REAMDE.md", Some(Markdown)),
            ("Lisez-moi.md", Some(Markdown)),
            ("À lire.txt", Some(Text)),
            ("README.pdf", Some(Pdf)),
            ("Rapport final.docx", Some(Office)),
            ("user_guide.pdf", Some(Pdf)),
            ("reference_guide.pdf", Some(Pdf)),
            ("Présentation.pptx", Some(Office)),
            ("doc.md", Some(Markdown)),
            ("docs/architecture.md", Some(Markdown)),
            ("wiki/Home.md", Some(Markdown)),
            ("site/doc/notes.txt", Some(Text)),
            ("docs/requirements.txt", None),
            ("requirements.txt", None),
            ("robots.txt", None),
            ("docker.md", None),
            ("app.py", None),
            ("data/villes.txt", None),
            ("guide.py", None),
        ];
        let folder = RepoPath::parse("6Evaluation/Projet").unwrap();
        for (name, wanted) in cases {
            let path = folder.join(name.split('/').next().unwrap()).unwrap();
            let path = name.split('/').skip(1).fold(path, |path, part| path.join(part).unwrap());
            assert_eq!(document(&path, &folder), wanted, "{name}");
        }
        assert!(!is_readme(&RepoPath::parse("ready.md").unwrap()));
        assert!(!is_readme(&RepoPath::parse("readme.py").unwrap()));
    }
}
