//! Reading a fork: project, README, notebooks, code and launch plan, in one pass and without running anything.
//! May import: `domain/`, and every reader of the room.
//! Next: `project.rs` finds what is read; `rubric/` turns the result into findings.

use chrono::{DateTime, Utc};

use crate::domain::course::Course;
use crate::domain::facts::Inspection;
use crate::domain::facts::inspection::{CodeFacts, HistoryFacts, ProjectState};
use crate::domain::ids::{FactsAddress, TreeId};
use crate::domain::source::Source;

use super::launch::{self, Project};
use super::notebooks;
use super::project::{self, Located, Scope};
use super::python::Reading;
use super::readme::{self, Renderings, ToRender};
use super::signs;
use super::tree::Tree;

/// Version of the inspection's shape and of the readers behind it: raised whenever the same files give other facts.
pub const VERSION: u32 = 6;

/// What an inspection needs besides the files.
pub struct InspectRequest<'a> {
    pub course: &'a Course,
    /// `None` for a folder on disk.
    pub history: Option<HistoryFacts>,
    /// The commit's date: unpinned dependencies are meant as of then.
    pub as_of: DateTime<Utc>,
    pub separate: SeparateProject<'a>,
}

/// The separate repository that the student may have named for the project.
pub enum SeparateProject<'a> {
    NotNamed,
    Found {
        name: String,
        /// The tree of its graded commit.
        tree: TreeId,
        source: &'a dyn Source,
    },
    /// Named, but it does not exist or may not be read.
    Unreadable {
        name: String,
    },
}

/// Reads everything. Blocking and pure: the same files give the same facts.
pub fn inspect(fork: &dyn Source, request: InspectRequest<'_>) -> Inspection {
    inspect_rendered(fork, request, &Renderings::new())
}

/// The READMEs that a renderer should see before everything is read, the best first. Blocking and pure.
pub fn readmes(fork: &dyn Source, request: &InspectRequest<'_>) -> Vec<ToRender> {
    let dirs = &request.course.project_dirs;
    match &request.separate {
        SeparateProject::Found { name, source, .. } => {
            let separate = Tree::new(*source);
            let located = project::locate_separate(&separate, dirs, name);
            readme::to_render(&separate, Scope::of(&separate, &located).as_ref())
        }
        SeparateProject::NotNamed | SeparateProject::Unreadable { .. } => {
            let tree = Tree::new(fork);
            let located = project::locate(&tree, dirs);
            readme::to_render(&tree, Scope::of(&tree, &located).as_ref())
        }
    }
}

/// The same as `inspect`, where a renderer saw some of the READMEs: its word counts.
pub fn inspect_rendered(fork: &dyn Source, request: InspectRequest<'_>, renderings: &Renderings) -> Inspection {
    let tree = Tree::new(fork);
    let limit = u64::from(request.course.sandbox.max_file_mib) << 20;
    let dirs = &request.course.project_dirs;
    let mut inspection = match &request.separate {
        SeparateProject::Found { name, tree: id, source } => {
            let separate = Tree::new(*source);
            let located = project::locate_separate(&separate, dirs, name);
            let mut inspection = inspect_project(&separate, &located, Some(id.clone()), &request, renderings);
            inspection.project.separate_repository = Some(name.clone());
            inspection
        }
        SeparateProject::Unreadable { name } => {
            let located = project::unless_unreadable(project::locate(&tree, dirs), name);
            let mut inspection = inspect_project(&tree, &located, None, &request, renderings);
            inspection.project.separate_repository = Some(name.clone());
            inspection
        }
        SeparateProject::NotNamed => inspect_project(&tree, &project::locate(&tree, dirs), None, &request, renderings),
    };
    inspection.notebooks = notebooks::read(&tree, limit);
    inspection.history = request.history;
    inspection
}

fn inspect_project(
    tree: &Tree<'_>,
    located: &Located,
    id: Option<TreeId>,
    request: &InspectRequest<'_>,
    renderings: &Renderings,
) -> Inspection {
    let limit = u64::from(request.course.sandbox.max_file_mib) << 20;
    let scope = Scope::of(tree, located);
    let readme = readme::read(tree, scope.as_ref(), renderings);
    let (code, plan, signs) = match &scope {
        Some(scope) => {
            let reading = Reading::of(scope);
            let project = Project {
                scope,
                code: &reading,
                readme: &readme,
                sandbox: &request.course.sandbox,
                services: &request.course.services,
                as_of: request.as_of,
            };
            let plan = (located.state == ProjectState::Submitted).then(|| launch::plan(&project));
            let code = reading.facts(scope);
            let signs = signs::read(scope, &reading, &readme, &code, plan.as_ref());
            (code, plan, signs)
        }
        None => (CodeFacts::default(), None, Vec::new()),
    };
    Inspection {
        version: VERSION,
        project: project::facts(tree, located, scope.as_ref(), id, limit),
        readme,
        notebooks: Vec::new(),
        code,
        history: None,
        plan,
        signs,
    }
}

/// The content address of an inspection: BLAKE3 of its JSON, whose fields and maps always come in the same order.
pub fn inspection_address(inspection: &Inspection) -> FactsAddress {
    let json = serde_json::to_vec(inspection).expect("facts are plain data with text keys");
    FactsAddress::from(*blake3::hash(&json).as_bytes())
}
