//! A class in the database: forks, students, submissions, runs and scores, written as the product writes them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use forkgrade::db;
use forkgrade::db::facts::FactsKind;
use forkgrade::db::submissions::Head;
use forkgrade::domain::check::Technology::{self, Charts, Compose, Dockerfile, Flask, Mongodb, Scraping, Search};
use forkgrade::domain::facts::inspection::{Inspection, ProjectState};
use forkgrade::domain::facts::screenshots::Picture;
use forkgrade::domain::facts::{Execution, Facts, JudgeFacts};
use forkgrade::domain::finding::Provenance;
use forkgrade::domain::fork::LearntFrom;
use forkgrade::domain::ids::{ForkId, RepoId, RunId, StudentId, SubmissionId};
use forkgrade::domain::{CommitSha, FactsAddress, Message, Score};
use forkgrade::grading::{Decision, OBSERVERS};
use forkgrade::similarity::{Likeness, Pair, Passage, Place, VERSION};
use sqlx::PgConnection;

use super::observed;
use super::site::Site;

/// One fork with its students.
#[derive(Debug, Clone)]
pub struct Member {
    pub fork: ForkId,
    pub repo: RepoId,
    pub students: Vec<StudentId>,
}

impl Site {
    async fn conn(&self) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.database.pool.acquire().await.expect("a connection")
    }

    /// A fork `<login of the first>/data-engineer` of these students (login and name).
    pub async fn fork(&self, students: &[(&str, &str)]) -> Member {
        let conn = &mut *self.conn().await;
        let owner = students.first().expect("a fork has an owner").0;
        let repo =
            1000 + sqlx::query_scalar::<_, i64>("select count(*) from fork").fetch_one(&mut *conn).await.unwrap();
        let full_name = format!("{owner}/data-engineer");
        let fork: i64 = sqlx::query_scalar(
            "insert into fork (course_id, repo, full_name, owner, clone_url, html_url, branch, state, pushed_at)
             values ($1, $2, $3, $4, 'https://github.example/' || $3 || '.git', 'https://github.example/' || $3, 'main',
                 'active', now()) returning id",
        )
        .bind(self.course_id.0)
        .bind(repo)
        .bind(&full_name)
        .bind(owner)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
        let mut ids = Vec::new();
        for (login, name) in students {
            let id: i64 = sqlx::query_scalar(
                "insert into student (course_id, login, name, group_name) values ($1, $2, nullif($3, ''), 'TD 2') returning id",
            )
            .bind(self.course_id.0)
            .bind(login)
            .bind(name)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
            sqlx::query("insert into fork_student values ($1, $2)")
                .bind(fork)
                .bind(id)
                .execute(&mut *conn)
                .await
                .unwrap();
            ids.push(StudentId(id));
        }
        Member { fork: ForkId(fork), repo: RepoId(repo), students: ids }
    }

    /// A student of the list who has no fork.
    pub async fn rostered(&self, login: &str, name: &str) -> StudentId {
        let id = sqlx::query_scalar(
            "insert into student (course_id, login, name, rostered_at) values ($1, $2, $3, now()) returning id",
        )
        .bind(self.course_id.0)
        .bind(login)
        .bind(name)
        .fetch_one(&self.database.pool)
        .await
        .unwrap();
        StudentId(id)
    }

    /// The fork stands at a new commit, received at this moment.
    pub async fn submit(&self, fork: ForkId, received_at: DateTime<Utc>) -> SubmissionId {
        let conn = &mut *self.conn().await;
        let commit = commit(conn).await;
        let head = Head {
            fork,
            commit: &commit,
            project_commit: None,
            received_at,
            learnt_from: LearntFrom::Webhook,
            pushed_at: None,
            before: None,
        };
        let learnt = db::submissions::learn(conn, head).await;
        learnt.expect("a submission").submission
    }

    /// The run of a submission, waiting.
    pub async fn enqueue(&self, submission: SubmissionId) -> RunId {
        let conn = &mut *self.conn().await;
        db::runs::enqueue(conn, submission, self.clock.now(), false).await.expect("a run")
    }

    /// Moves a run to a stage, as its worker does.
    pub async fn enter(&self, run: RunId, stage: &str, since: DateTime<Utc>) {
        sqlx::query(
            "update run set state = 'running', stage = $2, stage_at = $3, started_at = coalesce(started_at, $3),
                 attempt = greatest(attempt, 1), worker = 'atelier/4211' where id = $1",
        )
        .bind(run.0)
        .bind(stage)
        .bind(since)
        .execute(&mut *self.conn().await)
        .await
        .unwrap();
    }

    /// Ends a run through our own fault.
    pub async fn fail(&self, run: RunId, error: &str) {
        sqlx::query(
            "update run set state = 'failed', stage = null, attempt = 3, error = $2, finished_at = $3 where id = $1",
        )
        .bind(run.0)
        .bind(error)
        .bind(self.clock.now())
        .execute(&mut *self.conn().await)
        .await
        .unwrap();
    }

    /// Stores facts and score of a submission, and ends its run.
    pub async fn grade(
        &self,
        submission: SubmissionId,
        inspection: &Inspection,
        execution: Option<&Execution>,
        graded_at: DateTime<Utc>,
    ) -> Score {
        self.grade_judged(submission, inspection, execution, &[], graded_at).await
    }

    /// The same with what the teacher's own judges said.
    pub async fn grade_judged(
        &self,
        submission: SubmissionId,
        inspection: &Inspection,
        execution: Option<&Execution>,
        judges: &[JudgeFacts],
        graded_at: DateTime<Utc>,
    ) -> Score {
        let (fork,): (i64,) = sqlx::query_as("select fork_id from submission where id = $1")
            .bind(submission.0)
            .fetch_one(&self.database.pool)
            .await
            .unwrap();
        let fork = Some(ForkId(fork));
        let decision = Decision::begin(&self.database.pool, self.course_id, &self.course, fork, graded_at).await;
        let mut decision = decision.expect("a transaction");
        let (course, rubric) = (Arc::clone(decision.course()), decision.rubric().clone());
        let conn = decision.conn();
        let waiting: Option<i64> =
            sqlx::query_scalar("select id from run where submission_id = $1 and state in ('queued', 'running')")
                .bind(submission.0)
                .fetch_optional(&mut *conn)
                .await
                .unwrap();
        let run = match waiting {
            Some(run) => RunId(run),
            None => db::runs::enqueue(conn, submission, graded_at - TimeDelta::seconds(40), false).await.unwrap(),
        };
        let (received_at,): (DateTime<Utc>,) = sqlx::query_as("select received_at from submission where id = $1")
            .bind(submission.0)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        let key = |what: &str| FactsAddress::from(*blake3::hash(format!("{what} {submission}").as_bytes()).as_bytes());
        let now = OBSERVERS.inspection;
        let read = db::facts::store(conn, FactsKind::Inspection, &key("i"), now, inspection, graded_at).await.unwrap();
        let ran = match execution {
            Some(execution) => {
                let (kind, now) = (FactsKind::Execution, OBSERVERS.execution);
                let address = db::facts::store(conn, kind, &key("e"), now, execution, graded_at).await.unwrap();
                let named = |picture: &Picture| {
                    let of = execution.screenshots.iter().filter_map(|screenshot| screenshot.picture.as_ref());
                    of.clone().any(|of| of.address == picture.address || of.thumbnail == picture.address)
                };
                let pictures: Vec<Picture> = observed::pictures().into_iter().filter(named).collect();
                db::screenshots::store(conn, &address, &pictures, graded_at).await.unwrap();
                Some(address)
            }
            None => None,
        };
        let mut said = Vec::new();
        for judge in judges {
            let key = key(&format!("{} ", judge.name));
            said.push(db::facts::store(conn, FactsKind::Judge, &key, 1, judge, graded_at).await.unwrap());
        }
        let provenance = Provenance {
            rubric,
            inspection: read.clone(),
            execution: ran.clone(),
            program: "0.1.0".into(),
            judges: said,
        };
        let overrides = db::overrides::of(&mut *conn, &[submission]).await.unwrap().remove(&submission);
        let extension = db::extensions::in_force(&mut *conn, self.course_id, fork).await.unwrap().into_values().next();
        let submitted = forkgrade::rubric::Submitted {
            received_at,
            extension: extension.as_ref(),
            overrides: overrides.as_deref().unwrap_or_default(),
        };
        let facts = Facts { inspection, execution, judges };
        let score = forkgrade::rubric::score(&course, facts, submitted, provenance);
        db::scores::store(conn, &[(submission, Some(run), score.clone())], graded_at).await.unwrap();
        sqlx::query(
            "update run set state = 'finished', stage = null, attempt = greatest(attempt, 1), started_at = $2,
                 finished_at = $3, inspection = $4, execution = $5, worker = 'atelier/4211' where id = $1",
        )
        .bind(run.0)
        .bind(graded_at - TimeDelta::seconds(25))
        .bind(graded_at)
        .bind(read.as_str())
        .bind(ran.as_ref().map(FactsAddress::as_str))
        .execute(&mut *conn)
        .await
        .unwrap();
        decision.commit().await.unwrap();
        score
    }

    /// A fork whose project shows data, graded.
    pub async fn graded_fork(&self, students: &[(&str, &str)]) -> Member {
        let member = self.fork(students).await;
        let now = self.clock.now();
        let submission = self.submit(member.fork, now - TimeDelta::hours(3)).await;
        let inspection = observed::submitted(member.fork.0 as usize, &[Flask, Mongodb, Scraping]);
        self.grade(submission, &inspection, Some(&observed::shows_data(3)), now - TimeDelta::hours(3)).await;
        member
    }

    /// GitHub's or the mirror's trouble with a fork.
    pub async fn trouble(&self, fork: ForkId, message: &Message) {
        sqlx::query("update fork set trouble = $2 where id = $1")
            .bind(fork.0)
            .bind(sqlx::types::Json(message))
            .execute(&mut *self.conn().await)
            .await
            .unwrap();
    }

    /// A look at the class that found one pair.
    pub async fn similar(&self, left: ForkId, right: ForkId) {
        let place = |path: &str, text: &str| Place { path: path.into(), lines: [6, 29], text: text.into() };
        let long = "def lire_page(adresse, numero):\n    reponse = requests.get(adresse, params={\"page\": numero}, timeout=10)";
        let places = [place("films.py", long), place("outils/scrap.py", "<script>alert(1)</script>")];
        let pair = Pair { works: [0, 1], percent: 87, tokens: 412, passages: vec![Passage { places, tokens: 412 }] };
        let look = Likeness { forks: vec![left, right], earlier: [].into(), missing: 0, pairs: vec![pair] };
        let conn = &mut *self.conn().await;
        db::similarity::store(conn, self.course_id, VERSION, "a key", &look, self.clock.now()).await.unwrap();
    }
}

async fn commit(conn: &mut PgConnection) -> CommitSha {
    let number: i64 = sqlx::query_scalar("select count(*) from submission").fetch_one(conn).await.unwrap();
    let hash = blake3::hash(format!("commit {number}").as_bytes()).to_hex();
    hash[..40].parse().expect("a commit id")
}

/// How one member of the plausible class did.
enum Did {
    ShowsData(&'static [Technology], u32),
    Improves(u32),
    StartsEmpty,
    Crashed,
    NotInstalled,
    Silent,
    Documents,
    Late,
    Nothing(ProjectState),
    NeverPushed,
    Failed,
    Waits,
    Works(&'static str, i64),
}

const EVERYTHING: &[Technology] =
    &[Flask, Mongodb, Scraping, Technology::RealTimeScraping, Charts, Search, Dockerfile, Compose];
const MOST: &[Technology] = &[Flask, Mongodb, Scraping, Charts, Dockerfile, Compose];
const SOME: &[Technology] = &[Flask, Mongodb, Charts];

/// Twenty-four forks of a class of ours, as they might stand on the day after the deadline.
pub async fn plausible(site: &Site) -> Vec<Member> {
    use Did::*;
    let class: [(&[(&str, &str)], Did); 24] = [
        (&[("amelie-moreau", "Amélie Moreau"), ("t-lefevre", "Théo Lefèvre")], ShowsData(EVERYTHING, 2900)),
        (&[("baptistegirard", "Baptiste Girard")], ShowsData(MOST, 1200)),
        (&[("camille-roux", "Camille Roux"), ("ines-benali", "Inès Benali")], Improves(1700)),
        (&[("c-dubois", "Clément Dubois")], StartsEmpty),
        (&[("elo-marchand", "Éloïse Marchand"), ("gab-nguyen", "Gabriel Nguyen")], ShowsData(MOST, 2100)),
        (&[("emma-faure", "Emma Faure")], Nothing(ProjectState::Template)),
        (&[("farid-haddad", "Farid Haddad"), ("juliettep", "Juliette Perrin")], Works("probing", 4)),
        (&[("hugo-lambert", "Hugo Lambert")], Crashed),
        (&[("jean-noel-le-goff", "Jean-Noël Le Goff")], Nothing(ProjectState::Missing)),
        (&[("jade-fontaine", "Jade Fontaine"), ("lucas-mercier", "Lucas Mercier")], ShowsData(SOME, 800)),
        (&[("leaboyer", "Léa Boyer")], NotInstalled),
        (&[("l-garnier", "Louis Garnier"), ("manon-chevalier", "Manon Chevalier")], ShowsData(EVERYTHING, 1800)),
        (&[("mathis-blanc", "Mathis Blanc")], Nothing(ProjectState::Gitlink)),
        (&[("mohamed-diallo", "Mohamed Diallo")], Waits),
        (&[("nina-rousseau", "Nina Rousseau"), ("noemie-caron", "Noémie Caron")], StartsEmpty),
        (&[("o-guerin", "Océane Guérin")], Silent),
        (&[("paul-henry", "Paul Henry")], Documents),
        (&[("raphael-da-silva", "Raphaël Da Silva"), ("rosekone", "Rose Koné")], Improves(2500)),
        (&[("sarah-cohen", "Sarah Cohen")], Failed),
        (&[("simon-leroy", "Simon Leroy")], Late),
        (&[("tom-arnaud", "Tom Arnaud")], NeverPushed),
        (&[("valentine-schmitt", "Valentine Schmitt"), ("yanis-bouvier", "Yanis Bouvier")], ShowsData(MOST, 650)),
        (&[("zoe-picard", "Zoé Picard")], Works("installing", 11)),
        (&[("xia-wang", "")], Nothing(ProjectState::EmptyRepository)),
    ];
    let mut members = Vec::new();
    for (number, (students, did)) in class.iter().enumerate() {
        let member = site.fork(students).await;
        carry_out(site, &member, number, did).await;
        members.push(member);
    }
    members
}

async fn carry_out(site: &Site, member: &Member, number: usize, did: &Did) {
    let now = site.clock.now();
    let received = match did {
        Did::Late | Did::Waits | Did::Works(..) | Did::Failed => now - TimeDelta::minutes(3 + number as i64),
        _ => now - TimeDelta::minutes(15 * 60 + 141 * number as i64),
    };
    let shown = |characters: u32, technologies: &[Technology]| {
        let mut inspection = observed::submitted(number, technologies);
        inspection.readme.candidates = vec![observed::readme(characters)];
        inspection
    };
    let push = async |minutes: i64| site.submit(member.fork, received - TimeDelta::minutes(minutes)).await;
    match did {
        Did::NeverPushed => {}
        Did::ShowsData(technologies, characters) => {
            let execution = observed::shows_data(number);
            site.grade(push(0).await, &shown(*characters, technologies), Some(&execution), received).await;
        }
        Did::Improves(characters) => {
            let before = received - TimeDelta::hours(20);
            site.grade(push(1200).await, &shown(400, SOME), Some(&observed::crashed(number)), before).await;
            let execution = observed::shows_data(number);
            site.grade(push(0).await, &shown(*characters, MOST), Some(&execution), received).await;
        }
        Did::StartsEmpty => {
            site.grade(push(0).await, &shown(1000, SOME), Some(&observed::starts_empty(number)), received).await;
        }
        Did::Crashed => {
            site.grade(push(0).await, &shown(700, SOME), Some(&observed::crashed(number)), received).await;
        }
        Did::NotInstalled => {
            site.grade(push(0).await, &shown(1600, MOST), Some(&observed::not_installed(number)), received).await;
        }
        Did::Silent => {
            site.grade(push(0).await, &shown(300, SOME), Some(&observed::silent(number)), received).await;
        }
        Did::Documents => {
            let mut inspection = observed::nothing(ProjectState::DocumentsOnly);
            inspection.readme.best = Some(0);
            inspection.readme.candidates = vec![observed::readme(1600)];
            site.grade(push(0).await, &inspection, None, received).await;
        }
        Did::Late => {
            site.grade(push(0).await, &shown(1300, SOME), Some(&observed::shows_data(number)), received).await;
        }
        Did::Nothing(state) => {
            site.grade(push(0).await, &observed::nothing(*state), None, received).await;
        }
        Did::Failed => {
            let run = site.enqueue(push(0).await).await;
            site.fail(run, "the engine is away: connect /var/run/docker.sock: connection refused").await;
        }
        Did::Waits => {
            site.enqueue(push(0).await).await;
        }
        Did::Works(stage, seconds) => {
            let before = received - TimeDelta::days(1);
            site.grade(push(1440).await, &shown(900, SOME), Some(&observed::starts_empty(number)), before).await;
            let run = site.enqueue(push(0).await).await;
            site.enter(run, stage, now - TimeDelta::seconds(*seconds)).await;
        }
    }
}
