//! One submission in full: score, findings in their order of use, facts. Shared by teacher's and student's pages.
//! May import: `words`, `readme`, `source`, `db/views`, `db/facts`, `domain/`.
//! Next: `templates/parts/`, which lay it out.

use serde::de::DeserializeOwned;
use sqlx::PgConnection;

use super::judges::{self, JudgeView, Moment};
use super::readme::ReadmeView;
use super::source::{Source, is_of_students};
use super::words::{Words, key};
use crate::db;
use crate::db::views::ScoreView;
use crate::domain::build::{BuildFacts, BuildOutcome};
use crate::domain::facts::JudgeFacts;
use crate::domain::facts::execution::{Execution, ImageFacts, InstallOutcome, ProcessEnd, ProcessFacts};
use crate::domain::facts::inspection::Inspection;
use crate::domain::finding::Provenance;
use crate::domain::ids::SubmissionId;
use crate::domain::launch::DependencyOrigin;
use crate::domain::rubric::Criterion;
use crate::domain::{Course, FactsAddress, Finding, LaunchPlan, Message, Outcome, Points, Score};
use crate::rubric::{Reader, explain};

/// A scored submission with everything that was observed.
pub struct Report {
    pub score: Score,
    /// Under the rubric that the score was made by.
    course: Course,
    /// Every score that this submission ever had, newest first.
    pub scores: Vec<ScoreView>,
    pub findings: Vec<Judged>,
    /// Points and worth of what a student sees as a sum alone; `None` where there is nothing of the kind, and for teachers.
    pub hidden: Option<(Points, Points)>,
    /// The arithmetic of the total, line by line.
    pub sums: Vec<Message>,
    /// `None` where another version wrote it in a shape that is no longer read.
    pub inspection: Option<Inspection>,
    pub execution: Option<Execution>,
    /// Where its files lie.
    pub(super) source: Option<Source>,
    /// Whether they are its students' own.
    is_own: bool,
    pub readme: Option<ReadmeView>,
    /// What the teacher's own judges said, as the reader may see it.
    pub judges: Vec<JudgeView>,
    told: Vec<JudgeFacts>,
}

/// A finding with its criterion's name.
pub struct Judged {
    pub title: String,
    pub finding: Finding,
}

impl Judged {
    /// What is still to be won.
    pub fn open_points(&self) -> Points {
        self.finding.max - self.finding.points
    }

    pub fn is_open(&self) -> bool {
        self.finding.is_open()
    }
}

impl Report {
    /// The report of a submission, by the rubric that it was scored by; `None` while it has no score.
    pub async fn load(
        conn: &mut PgConnection,
        course: &Course,
        words: &Words,
        submission: SubmissionId,
    ) -> sqlx::Result<Option<Self>> {
        let scores = db::views::scores_of_submission(&mut *conn, submission).await?;
        let Some(current) = scores.iter().find(|score| score.current) else { return Ok(None) };
        let score = current.score.clone();
        let course = db::rubrics::course_of(&mut *conn, course, &score.provenance.rubric).await?;
        let inspection: Option<Inspection> = facts(&mut *conn, Some(&score.provenance.inspection)).await?;
        let execution = facts(&mut *conn, score.provenance.execution.as_ref()).await?;
        let mut told: Vec<JudgeFacts> = Vec::new();
        for address in &score.provenance.judges {
            told.extend(facts(&mut *conn, Some(address)).await?);
        }
        let judges = judges::for_teacher(&course, &told, |criterion| criterion.title(words.language).to_owned());
        let found = db::views::source_of_submission(&mut *conn, submission).await?;
        let is_own = found.as_ref().is_some_and(is_of_students);
        let source = found.map(Source::of);
        let readme = match (&inspection, &source) {
            (Some(inspection), Some(source)) => ReadmeView::load(conn, &course, words, inspection, source).await?,
            _ => None,
        };
        let findings = score.findings.iter().map(|finding| judged(&course, words, finding)).collect();
        let sums = explain(&course, &score, Reader::Teacher);
        let hidden = None;
        Ok(Some(Self {
            score,
            course,
            scores,
            findings,
            hidden,
            sums,
            inspection,
            execution,
            source,
            is_own,
            readme,
            judges,
            told,
        }))
    }

    /// The same without what is not the student's to see.
    pub fn for_student(mut self, words: &Words, moment: Moment<'_>) -> Self {
        self.sums = explain(&self.course, &self.score, Reader::Student);
        let title = |criterion: &Criterion| criterion.title(words.language).to_owned();
        self.judges = judges::for_student(&self.course, &self.told, moment, title);
        let (hidden, findings): (Vec<_>, Vec<_>) = self.findings.into_iter().partition(|one| one.finding.hidden);
        self.findings = findings;
        // Of a repository that is nobody's here, a student sees what was found and not what is in it.
        self.readme.iter_mut().filter(|_| !self.is_own).for_each(|readme| readme.html = None);
        let sum = |of: fn(&Finding) -> Points| hidden.iter().map(|one| of(&one.finding)).sum();
        self.hidden = (!hidden.is_empty()).then(|| (sum(|finding| finding.points), sum(|finding| finding.max)));
        self
    }

    /// What is worth doing next, the most points first; base points before bonus.
    pub fn open(&self) -> Vec<&Judged> {
        let mut open: Vec<&Judged> = self.findings.iter().filter(|judged| judged.is_open()).collect();
        open.sort_by_key(|judged| (judged.finding.bonus, std::cmp::Reverse(judged.open_points())));
        open
    }

    pub fn passed(&self) -> Vec<&Judged> {
        self.findings.iter().filter(|judged| judged.finding.outcome == Outcome::Passed).collect()
    }

    pub fn skipped(&self) -> Vec<&Judged> {
        self.findings.iter().filter(|judged| judged.finding.outcome == Outcome::Skipped).collect()
    }

    /// The place that a message names, with its page at GitHub.
    pub fn place(&self, message: &Message) -> Option<(String, String)> {
        self.source.as_ref()?.place(message)
    }

    pub fn provenance(&self) -> &Provenance {
        &self.score.provenance
    }

    /// The key of the sentence that sums up what happened: of the run where there was one, else of what was handed in.
    pub fn tale(&self) -> Option<String> {
        match (&self.execution, &self.inspection) {
            (Some(execution), _) => Some(key("tale", &execution.verdict())),
            (None, Some(inspection)) => Some(key("tale-project", &inspection.project.state)),
            (None, None) => None,
        }
    }

    /// The plan as it held: a Dockerfile that could not be built was read instead.
    pub fn plan(&self) -> Option<&LaunchPlan> {
        let built = self.execution.as_ref().filter(|execution| !execution.builds.is_empty());
        let read = || self.inspection.as_ref().and_then(|inspection| inspection.plan.as_ref());
        built.map(|execution| &execution.plan).or_else(read)
    }

    /// Databases that only speak the protocol of the real ones.
    pub fn stand_ins(&self) -> Vec<&ImageFacts> {
        self.execution.iter().flat_map(|execution| &execution.images).filter(|image| image.stand_in).collect()
    }
}

fn judged(course: &Course, words: &Words, finding: &Finding) -> Judged {
    Judged { title: course.rubric.title_of(finding, words.language).to_owned(), finding: finding.clone() }
}

async fn facts<T: DeserializeOwned>(
    conn: &mut PgConnection,
    address: Option<&FactsAddress>,
) -> sqlx::Result<Option<T>> {
    let Some(address) = address else { return Ok(None) };
    match db::facts::load(conn, address).await {
        Err(sqlx::Error::Decode(error)) => {
            tracing::warn!(%address, %error, "facts in a shape that this version does not read");
            Ok(None)
        }
        other => other,
    }
}

impl Words {
    /// How a program ended.
    pub fn end(&self, process: &ProcessFacts) -> String {
        match process.end {
            ProcessEnd::Exited { code } => self.n("end-exited", code),
            ProcessEnd::Stopped => self.t("end-stopped"),
            ProcessEnd::Limit { limit } => self.of("end-limit", &limit),
        }
    }

    /// Where the requirement lines come from.
    pub fn origin(&self, origin: &DependencyOrigin) -> String {
        match origin {
            DependencyOrigin::Project { file } => self.n("origin-project", file),
            DependencyOrigin::Course { file } => self.n("origin-course", file),
            DependencyOrigin::Imports => self.t("origin-imports"),
            DependencyOrigin::None => self.t("origin-none"),
        }
    }

    /// A word for a style sheet: `passed`, `shows_data`.
    pub fn class(&self, value: &impl serde::Serialize) -> String {
        key("is", value)
    }

    /// Whether a program's end says that all went well.
    pub fn ended_well(&self, process: &ProcessFacts) -> bool {
        matches!(process.end, ProcessEnd::Stopped | ProcessEnd::Exited { code: 0 }) && !process.out_of_memory
    }

    /// How a build ended.
    pub fn build(&self, build: &BuildFacts) -> String {
        match build.outcome {
            BuildOutcome::Built { .. } => self.t("build-built"),
            BuildOutcome::Failed { .. } => self.t("build-failed"),
            BuildOutcome::Unavailable { .. } => self.t("build-unavailable"),
        }
    }

    /// Whether a build ended with an image.
    pub fn is_built(&self, build: &BuildFacts) -> bool {
        matches!(build.outcome, BuildOutcome::Built { .. })
    }

    /// Whether an installation left nothing out.
    pub fn installed(&self, outcome: &InstallOutcome) -> bool {
        matches!(outcome, InstallOutcome::Nothing | InstallOutcome::Installed)
    }
}
