//! Where every fork stands: what `grade` prints.
//! May import: `app`, `web/` (its reading of the class), `db/`, `domain/`.
//! Next: `web/class.rs`, which finds the submission of record.

use serde::Serialize;

use super::show;
use crate::app::App;
use crate::domain::course::Language;
use crate::domain::facts::execution::Verdict;
use crate::domain::facts::inspection::ProjectState;
use crate::domain::{ForkState, Points, RunState};
use crate::i18n;
use crate::web::{Line, Summaries, words};

/// One fork with the score of its submission of record.
#[derive(Debug, Serialize)]
pub struct Standing {
    pub fork: String,
    pub state: ForkState,
    pub commit: Option<String>,
    pub project: Option<ProjectState>,
    pub verdict: Option<Verdict>,
    pub total: Option<Points>,
    pub base: Option<Points>,
    pub bonus: Option<Points>,
    pub penalty: Option<Points>,
    pub late_penalty: Option<Points>,
    pub scale: Points,
    pub run: Option<RunState>,
    /// Ours, not the student's.
    pub trouble: Option<String>,
}

/// Every fork of the course, by name.
pub async fn standings(app: &App) -> anyhow::Result<Vec<Standing>> {
    let conn = &mut *app.pool.acquire().await?;
    let lines = Summaries::default().lines(conn, app.course_id, &app.course).await?;
    let scale = app.course.scale;
    Ok(lines.into_iter().map(|line| standing(line, scale)).collect())
}

fn standing(line: Line, scale: Points) -> Standing {
    let score = line.record.as_ref().map(|record| &record.score);
    let commit = line.record.as_ref().and_then(|record| line.row.submissions.get(record.index));
    let run = line.row.last_run.as_ref();
    let failure = run.filter(|run| run.state == RunState::Failed).and_then(|run| run.error.clone());
    let trouble = line.row.trouble.as_ref().map(|trouble| i18n::text(Language::En, trouble)).or(failure);
    Standing {
        fork: line.row.full_name.clone(),
        state: line.row.state,
        commit: commit.map(|submission| submission.commit.to_string()),
        project: line.project,
        verdict: line.verdict,
        total: score.map(|score| score.total),
        base: score.map(|score| score.base),
        bonus: score.map(|score| score.bonus),
        penalty: score.map(|score| score.penalty),
        late_penalty: score.map(|score| score.late_penalty),
        scale,
        run: run.map(|run| run.state),
        trouble,
    }
}

/// The same as a table for a terminal.
pub fn table(standings: &[Standing]) -> comfy_table::Table {
    let word = |prefix: &str, value: Option<String>| {
        value.map(|key| i18n::word(Language::En, &key)).unwrap_or_else(|| prefix.to_owned())
    };
    let points = |points: Option<Points>| points.map(|points| points.to_string()).unwrap_or_default();
    let rows = standings.iter().map(|one| {
        let handed_in = match &one.project {
            Some(state) => word("", Some(words::key("project-state", state))),
            None => word("", Some(words::key("fork", &one.state))),
        };
        vec![
            one.fork.clone(),
            handed_in,
            word("", one.verdict.map(|verdict| words::key("verdict", &verdict))),
            points(one.total),
            points(one.bonus.filter(|bonus| *bonus > Points::ZERO)),
            points(one.late_penalty.filter(|penalty| *penalty > Points::ZERO)),
            one.trouble.clone().unwrap_or_default(),
        ]
    });
    show::table(&["fork", "handed in", "when run", "total", "bonus", "late", "ours to mend"], &[3, 4, 5], rows)
}
