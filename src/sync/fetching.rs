//! What they pushed: forks that moved are fetched, and a head that is new becomes a submission with a run in the queue.
//! May import: `github/`, `git/`, `db/`, `domain/`.
//! Next: `db/submissions.rs` and `db/runs.rs` for what is written.

use std::collections::HashSet;

use super::listing::Listing;
use super::{SweepContext, SweepReport};
use crate::db;
use crate::db::forks::FollowedFork;
use crate::db::submissions::{Head, Learnt};
use crate::domain::course::Deadline;
use crate::domain::fork::LearntFrom;
use crate::domain::ids::ForkId;
use crate::domain::{CommitSha, Fork, ForkState, Message};
use crate::git::GitError;
use crate::github::GithubError;

/// What came of one fork.
pub(super) struct Outcome {
    pub name: String,
    pub fetched: bool,
    pub submission: bool,
    pub troubled: bool,
}

/// The forks that have to be fetched. What could not be read is tried again when it moves, and once an hour: a repository
/// may be opened, or the token be allowed more, without a push.
pub(super) async fn due(context: &SweepContext, listing: &Listing, hourly: bool) -> anyhow::Result<Vec<FollowedFork>> {
    let disabled = listing.disabled();
    let mut due = db::forks::followed(&mut *context.pool.acquire().await?, context.course_id).await?;
    due.retain(|FollowedFork { fork, .. }| {
        let moved = fork.pushed_at != fork.fetched_at_push;
        match fork.state {
            _ if disabled.contains(&fork.repo) => false,
            ForkState::Gone => false,
            ForkState::Unreadable => moved || hourly,
            ForkState::Empty => moved,
            ForkState::Active if fork.trouble.is_some() => moved || hourly,
            // The mirror may have been lost while the database was kept.
            ForkState::Active => moved || !fork.head.as_ref().is_some_and(|head| context.mirror.has(head)),
        }
    });
    Ok(due)
}

/// Fetches one fork and writes down what came of it. Only a database that fails is an error: one bad fork stops no other.
pub(super) async fn fetch(context: &SweepContext, followed: &FollowedFork) -> sqlx::Result<Outcome> {
    let fork = &followed.fork;
    let mut outcome = Outcome { name: fork.full_name.clone(), fetched: false, submission: false, troubled: false };
    let looked_at = context.clock.now();
    let fetched = context.mirror.fetch_fork(fork.repo, &fork.clone_url, &fork.branch).await;
    let change = fetched.as_ref().ok().and_then(|fetched| change(context, fork, fetched.head.as_ref()));
    let mut transaction = context.pool.begin().await?;
    match fetched {
        Ok(fetched) => {
            outcome.fetched = true;
            db::forks::fetched(&mut transaction, fork.id, fetched.head.as_ref(), fork.pushed_at).await?;
            if let Some(change) = change {
                db::forks::note(&mut transaction, fork.id, &change, context.clock.now()).await?;
            }
            if let Some(head) = &fetched.head {
                // The push counts from when it was noticed, however long our fetching took.
                let learnt = Head {
                    fork: fork.id,
                    commit: head,
                    project_commit: None,
                    received_at: followed.noticed_at,
                    learnt_from: LearntFrom::Sweep,
                    pushed_at: fork.pushed_at,
                    before: fork.head.as_ref().filter(|before| *before != head),
                };
                let Learnt { submission, is_new: new, .. } = db::submissions::learn(&mut transaction, learnt).await?;
                let now = context.clock.now();
                let extension = db::extensions::of_fork(&mut transaction, context.course_id, fork.id).await?;
                let deadline = context.course.deadline_for(extension.as_ref());
                // Pushed back to where it was. In time only: nothing that was in time becomes late by it.
                let back = !new
                    && Deadline::is_in_time(deadline.as_ref(), now)
                    && db::submissions::come_back(&mut transaction, submission, looked_at, now).await?;
                if new || back {
                    db::runs::enqueue(&mut transaction, submission, now, false).await?;
                }
                outcome.submission = new;
            }
        }
        Err(GitError::NotFound(_)) => {
            db::forks::unreadable(&mut transaction, fork.id, fork.pushed_at).await?;
            if fork.state != ForkState::Unreadable {
                let change = Message::new("fork-was-unreadable");
                db::forks::note(&mut transaction, fork.id, &change, context.clock.now()).await?;
            }
        }
        Err(error) => {
            tracing::warn!(%error, fork = fork.full_name, "could not be fetched");
            outcome.troubled = true;
            // What is too large stays so until it moves; everything else is worth another try at once.
            let given_up = matches!(error, GitError::TooLarge { .. });
            let held = if given_up { fork.pushed_at } else { None };
            db::forks::troubled(&mut transaction, fork.id, &trouble(&error), held).await?;
        }
    }
    transaction.commit().await?;
    Ok(outcome)
}

/// What else came of a fork than a push on top of the last one.
fn change(context: &SweepContext, fork: &Fork, head: Option<&CommitSha>) -> Option<Message> {
    let before = fork.head.as_ref()?;
    let Some(head) = head else {
        return (fork.state != ForkState::Empty).then(|| Message::new("fork-was-emptied"));
    };
    let short = |commit: &CommitSha| commit.as_str().get(..8).unwrap_or_default().to_owned();
    let rewritten = context.mirror.follows(head, before) == Some(false);
    rewritten.then(|| Message::new("fork-force-pushed").with("from", short(before)).with("to", short(head)))
}

/// Follows the separate project repositories. A fork that was fetched just now is left to its own run, which looks itself.
pub(super) async fn follow_projects(
    context: &SweepContext,
    fetched: &[FollowedFork],
    report: &mut SweepReport,
) -> anyhow::Result<()> {
    let fetched: HashSet<ForkId> = fetched.iter().map(|followed| followed.fork.id).collect();
    let forks = db::forks::followed(&mut *context.pool.acquire().await?, context.course_id).await?;
    for followed in forks {
        let fork = &followed.fork;
        let (Some(name), Some(head)) = (&fork.project_repository, &fork.head) else { continue };
        if fork.state == ForkState::Gone || fetched.contains(&fork.id) {
            continue;
        }
        match follow_project(context, &followed, name, head).await? {
            Ok(None) => {}
            Ok(Some(new)) => {
                report.fetched += 1;
                report.submissions += usize::from(new);
            }
            Err(error) => {
                tracing::warn!(%error, fork = fork.full_name, project = name, "the project could not be fetched");
                report.troubled += 1;
            }
        }
    }
    Ok(())
}

/// `None` where nothing moved, else whether there is a new submission. The outer error is the database's.
async fn follow_project(
    context: &SweepContext,
    followed: &FollowedFork,
    name: &str,
    head: &CommitSha,
) -> sqlx::Result<Result<Option<bool>, String>> {
    let repository = match context.github.repository(name).await {
        Ok(repository) if repository.pushed_at == followed.project_pushed_at => return Ok(Ok(None)),
        Ok(repository) => repository,
        // The student's to mend; the page of the last run says so.
        Err(GithubError::NotFound { .. }) => return Ok(Ok(None)),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let students = db::forks::students(&mut *context.pool.acquire().await?, followed.fork.id).await?;
    if !repository.is_open_to(students.iter().map(|student| &student.login)) {
        return Ok(Ok(None));
    }
    let noticed_at = context.clock.now();
    let branch = &repository.default_branch;
    let fetched = match context.mirror.fetch_project(repository.id, &repository.clone_url, branch).await {
        Ok(fetched) => fetched,
        Err(GitError::NotFound(_)) => return Ok(Ok(None)),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let id = followed.fork.id;
    let mut transaction = context.pool.begin().await?;
    db::forks::follow_project(&mut transaction, id, name, repository.pushed_at).await?;
    let mut is_new = false;
    if let Some(project) = &fetched.head {
        let learnt = Head {
            fork: id,
            commit: head,
            project_commit: Some(project),
            received_at: noticed_at,
            learnt_from: LearntFrom::Sweep,
            pushed_at: followed.fork.pushed_at,
            before: None,
        };
        let Learnt { submission, is_new: new, .. } = db::submissions::learn(&mut transaction, learnt).await?;
        if new {
            db::runs::enqueue(&mut transaction, submission, noticed_at, false).await?;
        }
        is_new = new;
    }
    transaction.commit().await?;
    Ok(Ok(Some(is_new)))
}

/// Our failure, for the teacher.
fn trouble(error: &GitError) -> Message {
    match error {
        GitError::Unreachable(_) => Message::new("trouble-fetch-unreachable"),
        GitError::Dropped(_) => Message::new("trouble-fetch-dropped"),
        GitError::Denied(_) => Message::new("trouble-fetch-denied"),
        GitError::DiskFull(_) => Message::new("trouble-fetch-disk-full"),
        GitError::TooLarge { limit_mib } => Message::new("trouble-fetch-too-large").with("limit", limit_mib),
        GitError::TimedOut { seconds } => Message::new("trouble-fetch-timed-out").with("seconds", seconds),
        GitError::Corrupt(_) => Message::new("trouble-fetch-corrupt"),
        GitError::NoGit(_) => Message::new("trouble-fetch-no-git"),
        GitError::NotFound(_) | GitError::BadUrl(_) | GitError::Other(_) => {
            Message::new("trouble-fetch-other").with("error", error)
        }
    }
}
