//! A plan in its pod: loaders to their end, then what serves with what runs beside it, and a look at all of it.
//! May import: `sandbox/`, `probe/` (its messages), `domain/`, and within the room `execution`, `files` and `screenshots`.
//! Next: `sandbox/workspace.rs` for one container of it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::{self, FutureExt};
use tokio::sync::oneshot;

use crate::domain::Stage;
use crate::domain::facts::JudgeFacts;
use crate::domain::facts::execution::{BoundedLog, DatabaseFacts, PageFacts, ProcessEnd, ProcessFacts, RemoteBrowser};
use crate::domain::launch::{Container, Step, StepRole};
use crate::probe::{Answer, Question};
use crate::sandbox::{Ended, EngineError, Image, Opened, Pod, SERVICE_USER, Workspace, WorkspaceRequest};

use super::execution::ExecutionRequest;
use super::files::placed;
use super::judges::{Door, Judging};
use super::screenshots::{self, Shown};

/// How long one question to the probe may wait before the program is looked at again.
const LOOK: Duration = Duration::from_millis(500);
/// A page that shows nothing yet is asked once more: some applications collect at the first request.
const SETTLE: Duration = Duration::from_secs(2);
/// How long what a launcher has left behind may take to listen.
const LEFT_BEHIND: Duration = Duration::from_secs(4);
/// Between the starts of two programs of one plan: what depends on another finds it started, as Compose has it.
const STAGGER: Duration = Duration::from_secs(1);
/// How long programs beside may take to listen before what serves is started.
const BESIDE: Duration = Duration::from_secs(8);
/// Beyond every other bound.
const LAST_RESORT: Duration = Duration::from_secs(180);
const CRAWL: Duration = Duration::from_secs(40);
/// The probe gives one database 30 s, and reads all at once.
const DATABASES: Duration = Duration::from_secs(35);

/// What was seen of a run.
#[derive(Default)]
pub struct Seen {
    pub processes: Vec<ProcessFacts>,
    pub ports: Vec<u16>,
    /// Milliseconds until what serves had a port.
    pub listening_after: Option<u64>,
    pub pages: Vec<PageFacts>,
    pub shown: Shown,
    pub remote_browser: RemoteBrowser,
    pub databases: Vec<DatabaseFacts>,
    /// What suites said.
    pub judged: Vec<JudgeFacts>,
}

/// Who looks at what serves, and what they are asked to look at.
#[derive(Clone, Copy)]
pub struct Lookers<'a> {
    pub judging: Option<&'a Judging<'a>>,
    /// The browser's image, where the machine has one.
    pub browser: Option<&'a Image>,
    /// Pages that the rubric asks for, linked or not.
    pub paths: &'a [String],
    /// Pages that the code has addresses for, where there is none at `/`.
    pub routes: &'a [String],
}

/// A container of the plan, running.
struct Room<'a> {
    container: Container<'a>,
    folder: String,
    workspace: Workspace<'a>,
}

/// A container that does not start, with the engine's words.
struct Unusable<'a> {
    part: Option<&'a str>,
    cause: String,
}

impl Unusable<'_> {
    /// As a shell has it where a program cannot be executed.
    fn process(&self, step: &Step) -> ProcessFacts {
        ProcessFacts {
            role: step.role,
            argv: step.argv.clone(),
            file: step.file.clone(),
            end: ProcessEnd::Exited { code: 126 },
            milliseconds: 0,
            cpu_milliseconds: None,
            peak_memory_bytes: None,
            out_of_memory: false,
            log: BoundedLog { head: self.cause.chars().take(2000).collect(), ..BoundedLog::default() },
        }
    }
}

/// Makes the containers of a plan, the main one first.
struct Rooms<'a> {
    pod: &'a Pod,
    request: &'a ExecutionRequest<'a>,
    layers: &'a [String],
    judging: Option<&'a Judging<'a>>,
}

impl<'a> Rooms<'a> {
    /// `Err` within, where an image of the student's own making does not start.
    async fn open(&self) -> Result<Result<Vec<Room<'a>>, Unusable<'a>>, EngineError> {
        let containers = self.request.plan.containers().zip(self.layers);
        let rooms = future::try_join_all(containers.map(|(container, layer)| self.one(container, layer))).await?;
        Ok(rooms.into_iter().collect())
    }

    async fn one(&self, container: Container<'a>, layer: &str) -> Result<Result<Room<'a>, Unusable<'a>>, EngineError> {
        let request = self.request;
        let archive = match container.layout.cloned() {
            None => request.archive.clone(),
            Some(layout) => {
                let archive = request.archive.clone();
                let moved = tokio::task::spawn_blocking(move || placed(&archive, &layout)).await;
                let moved = moved.map_err(std::io::Error::other).and_then(|moved| moved);
                Bytes::from(moved.map_err(|error| EngineError::Refused(error.to_string()))?)
            }
        };
        let made = WorkspaceRequest {
            image: layer,
            sandbox: &request.course.sandbox,
            archive,
            layout: container.layout,
            is_built: container.build.is_some(),
            sharing: u32::try_from(self.layers.len()).unwrap_or(u32::MAX),
            longer: patience(self.judging),
        };
        Ok(match self.pod.workspace(&made).await? {
            Opened::Ready(workspace) => Ok(Room { folder: request.plan.folder_of(&container), container, workspace }),
            Opened::Unusable(cause) => Err(Unusable { part: container.name, cause }),
        })
    }
}

impl Room<'_> {
    async fn run(
        &self,
        step: &Step,
        at_most: Duration,
        stop: impl Future<Output = ()>,
    ) -> Result<ProcessFacts, EngineError> {
        let ended = self.workspace.run(&step.argv, &self.folder, self.container.env, at_most, stop).await?;
        Ok(process_facts(step, ended))
    }
}

/// Where a step runs.
fn room_of<'r, 'a>(rooms: &'r mut [Room<'a>], step: &Step) -> Option<&'r mut Room<'a>> {
    rooms.iter_mut().find(|room| room.container.name == step.part.as_deref())
}

/// Databases first, while the project is unpacked; loaders then, in one container as far as it lives; then what serves with what runs beside it, and what it shows.
pub async fn observe(
    pod: &Pod,
    request: &ExecutionRequest<'_>,
    layers: &[String],
    lookers: Lookers<'_>,
    tell: &(impl Fn(Stage) + Send + Sync),
) -> Result<Seen, EngineError> {
    let mut seen = Seen::default();
    let maker = Rooms { pod, request, layers, judging: lookers.judging };
    let databases = async {
        pod.bring_up().await?;
        pod.add_logins(&request.plan.logins).await
    };
    let remote_browser = remote_browser(pod, request, lookers.browser);
    // All are waited for, also when one fails: what is half created would be forgotten.
    let (databases, rooms, remote_browser) = future::join3(databases, maker.open(), remote_browser).await;
    databases?;
    seen.remote_browser = remote_browser?;
    let mut rooms = match rooms? {
        Ok(rooms) => rooms,
        Err(unusable) => {
            let steps = request.plan.steps.iter().filter(|step| step.part.as_deref() == unusable.part);
            seen.processes.extend(steps.map(|step| unusable.process(step)));
            return Ok(seen);
        }
    };
    let loading_ends = Instant::now() + Duration::from_secs(request.course.sandbox.load_seconds.into());
    for step in request.plan.steps.iter().filter(|step| step.role == StepRole::Load) {
        let left = loading_ends.saturating_duration_since(Instant::now());
        let Some(room) = room_of(&mut rooms, step) else { continue };
        seen.processes.push(room.run(step, left, future::pending()).await?);
        if !room.workspace.is_alive().await {
            // It fought so hard that its container had to go: what comes next starts in a clean one.
            let index = layers.iter().zip(request.plan.containers()).find(|(_, one)| one.name == room.container.name);
            if let Some((layer, container)) = index
                && let Ok(clean) = maker.one(container, layer).await?
            {
                *room = clean;
            }
        }
    }
    serve_all(pod, &rooms, request, lookers, &mut seen, tell).await?;
    future::join_all(rooms.iter().map(|room| room.workspace.kill())).await;
    let question = Question::Databases { services: pod.services().to_vec() };
    if let Answer::Databases { databases } = pod.ask(&question, DATABASES).await? {
        seen.databases = databases;
    }
    Ok(seen)
}

/// A browser for the project to drive, where it wants one.
async fn remote_browser(
    pod: &Pod,
    request: &ExecutionRequest<'_>,
    browser: Option<&Image>,
) -> Result<RemoteBrowser, EngineError> {
    Ok(match browser {
        _ if !request.plan.remote_browser => RemoteBrowser::NotAsked,
        Some(image) if pod.remote_browser(image).await? => RemoteBrowser::Answered,
        _ => RemoteBrowser::Absent,
    })
}

/// What serves, with what runs beside it: started one after the other, looked at together, ended together.
async fn serve_all(
    pod: &Pod,
    rooms: &[Room<'_>],
    request: &ExecutionRequest<'_>,
    lookers: Lookers<'_>,
    seen: &mut Seen,
    tell: &(impl Fn(Stage) + Send + Sync),
) -> Result<(), EngineError> {
    let in_rooms = |role: StepRole| {
        let steps = request.plan.steps.iter().filter(move |step| step.role == role);
        steps.filter_map(|step| Some((step, rooms.iter().find(|room| room.container.name == step.part.as_deref())?)))
    };
    let Some((step, room)) = in_rooms(StepRole::Serve).next() else {
        tell(Stage::Probing);
        seen.judged = ask(pod, lookers.judging, Door::None).await?;
        return Ok(());
    };
    let at_most = Duration::from_secs(request.course.sandbox.start_seconds.into());
    let (seen_all, over) = oneshot::channel::<()>();
    let over = over.map(drop).shared();
    let beside: Vec<_> = in_rooms(StepRole::Beside).collect();
    let count = beside.len();
    let beside = future::try_join_all((0_u32..).zip(beside).map(|(turn, (step, room))| {
        let over = over.clone();
        async move {
            tokio::time::sleep(STAGGER * turn).await;
            room.run(step, BESIDE + at_most + LAST_RESORT + patience(lookers.judging), over).await
        }
    }));
    let serving = async {
        let known = if count == 0 { Vec::new() } else { wait_for_beside(pod, count).await? };
        let served = serve(pod, room, step, &known, at_most, lookers, tell).await;
        drop(seen_all);
        served
    };
    let (beside, (process, answered)) = future::try_join(beside, serving).await?;
    seen.processes.extend(beside);
    seen.processes.push(process);
    (seen.ports, seen.listening_after) = (answered.ports, answered.listening_after);
    (seen.pages, seen.shown, seen.judged) = (answered.pages, answered.shown, answered.judged);
    Ok(())
}

/// The ports of what runs beside: as many as there are programs, or those that listen when the time is over.
async fn wait_for_beside(pod: &Pod, count: usize) -> Result<Vec<u16>, EngineError> {
    let deadline = Instant::now() + BESIDE;
    let mut known = Vec::new();
    while known.len() < count && Instant::now() < deadline {
        known = listening(pod, &known).await?;
    }
    Ok(known)
}

/// Every port of a program, after a new one came or a moment passed.
async fn listening(pod: &Pod, known: &[u16]) -> Result<Vec<u16>, EngineError> {
    let milliseconds = u64::try_from(LOOK.as_millis()).unwrap_or(u64::MAX);
    let question = Question::WaitForListener { services_user: SERVICE_USER, known: known.to_vec(), milliseconds };
    match pod.ask(&question, LOOK).await? {
        Answer::Listening { ports } => Ok(ports),
        _ => Ok(Vec::new()),
    }
}

/// What was seen of the application from outside.
struct Answered {
    ports: Vec<u16>,
    listening_after: Option<u64>,
    pages: Vec<PageFacts>,
    shown: Shown,
    /// What suites said.
    judged: Vec<JudgeFacts>,
}

async fn serve(
    pod: &Pod,
    room: &Room<'_>,
    step: &Step,
    known: &[u16],
    at_most: Duration,
    lookers: Lookers<'_>,
    tell: &(impl Fn(Stage) + Send + Sync),
) -> Result<(ProcessFacts, Answered), EngineError> {
    let started = Instant::now();
    let (looked, stop) = oneshot::channel::<()>();
    let (over, left_behind) = oneshot::channel::<Duration>();
    let run = async {
        // Everything that is looked at has a bound of its own: this one is only a last resort.
        let process =
            room.run(step, at_most + LAST_RESORT + patience(lookers.judging), async { drop(stop.await) }).await?;
        // A launcher that is content has started something else; a crash has not.
        let grace = if process.end == (ProcessEnd::Exited { code: 0 }) { LEFT_BEHIND } else { Duration::ZERO };
        // Nobody listens any more where the look is over.
        let _ = over.send(grace);
        Ok::<_, EngineError>(process)
    };
    let look = async {
        let ports = wait_for_port(pod, known, left_behind, at_most).await?;
        let after = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let listening_after = (!ports.is_empty()).then_some(after);
        tell(Stage::Probing);
        let (pages, shown) = visit(pod, &ports, lookers).await?;
        let door = if ports.is_empty() { Door::Closed } else { Door::Open { ports: &ports, pages: &pages } };
        let judged = ask(pod, lookers.judging, door).await?;
        drop(looked);
        Ok::<_, EngineError>(Answered { ports, listening_after, pages, shown, judged })
    };
    future::try_join(run, look).await
}

/// What suites say, where there are any.
async fn ask(pod: &Pod, judging: Option<&Judging<'_>>, door: Door<'_>) -> Result<Vec<JudgeFacts>, EngineError> {
    match judging {
        Some(judging) => judging.ask(pod, door).await,
        None => Ok(Vec::new()),
    }
}

/// How much longer programs run where suites ask them.
fn patience(judging: Option<&Judging<'_>>) -> Duration {
    Duration::from_secs(judging.map_or(0, Judging::seconds).into())
}

/// The pages behind the ports, and the first of them in a browser, which starts meanwhile.
async fn visit(pod: &Pod, ports: &[u16], lookers: Lookers<'_>) -> Result<(Vec<PageFacts>, Shown), EngineError> {
    if ports.is_empty() {
        return Ok((Vec::new(), Shown::default()));
    }
    let started = async {
        match lookers.browser {
            Some(image) => pod.browser(image).await.map(Some),
            None => Ok(None),
        }
    };
    let (pages, browser) = future::try_join(crawl(pod, ports, lookers), started).await?;
    let shown = match browser {
        Some(mut browser) => screenshots::look(&mut browser, &pages).await,
        None => Shown::default(),
    };
    Ok((pages, shown))
}

/// Waits for a port that is not known yet: until the time is over, or as long after the program's end as `left_behind` says.
/// All ports that listen then; none where no new one came.
async fn wait_for_port(
    pod: &Pod,
    known: &[u16],
    mut left_behind: oneshot::Receiver<Duration>,
    at_most: Duration,
) -> Result<Vec<u16>, EngineError> {
    let mut deadline = Instant::now() + at_most;
    let mut over = false;
    loop {
        let last = Instant::now() >= deadline;
        let answer = listening(pod, known);
        tokio::pin!(answer);
        let ports = tokio::select! {
            answer = &mut answer => answer?,
            grace = &mut left_behind, if !over => {
                over = true;
                deadline = deadline.min(Instant::now() + grace.unwrap_or_default());
                answer.await?
            }
        };
        if ports.iter().any(|port| !known.contains(port)) {
            return Ok(ports);
        }
        if last {
            return Ok(Vec::new());
        }
    }
}

async fn crawl(pod: &Pod, ports: &[u16], lookers: Lookers<'_>) -> Result<Vec<PageFacts>, EngineError> {
    let (paths, routes) = (lookers.paths.to_vec(), lookers.routes.to_vec());
    let question = Question::Crawl { ports: ports.to_vec(), paths, routes };
    let first = pages(pod.ask(&question, CRAWL).await?);
    let answered = first.iter().any(|page| page.status.is_some());
    let shows_something = first.iter().any(|page| page.status == Some(200) && page.data_elements > 0);
    if answered && shows_something {
        return Ok(first);
    }
    // It listens, but shows nothing yet: a second look after a moment, and the better one counts.
    tokio::time::sleep(SETTLE).await;
    let second = pages(pod.ask(&question, CRAWL).await?);
    let good = |pages: &[PageFacts]| pages.iter().filter(|page| page.status == Some(200)).count();
    Ok(if good(&second) >= good(&first) { second } else { first })
}

fn pages(answer: Answer) -> Vec<PageFacts> {
    if let Answer::Pages { pages } = answer { pages } else { Vec::new() }
}

fn process_facts(step: &Step, ended: Ended) -> ProcessFacts {
    ProcessFacts {
        role: step.role,
        argv: step.argv.clone(),
        file: step.file.clone(),
        end: ended.end,
        milliseconds: ended.milliseconds,
        cpu_milliseconds: ended.usage.cpu_milliseconds,
        peak_memory_bytes: ended.usage.peak_memory_bytes,
        out_of_memory: ended.usage.out_of_memory,
        log: ended.log,
    }
}
