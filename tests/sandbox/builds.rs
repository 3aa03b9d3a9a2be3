//! Dockerfiles as students write them, built and run in the real engine, and what of them is refused or struck by a limit.

use forkgrade::domain::build::{BuildFault, BuildLimit, BuildOutcome};
use forkgrade::domain::course::{Course, Dockerfiles};
use forkgrade::domain::facts::execution::{InstallOutcome, Verdict};
use forkgrade::domain::launch::LaunchKind;

use super::kinds::{Ran, run, without_services};
use crate::observe::support::has_reason;

/// A page that shows what a program finds in its container.
fn showing(code: &str, title: &str) -> String {
    format!(
        "import os, sys\nfrom flask import Flask\n{code}\napp = Flask(__name__)\n@app.route('/')\ndef accueil():\n    return '<title>%s</title>' % ({title},)\napp.run(host='0.0.0.0')\n"
    )
}

#[track_caller]
fn title(ran: &Ran) -> &str {
    let page = ran.execution.pages.first();
    page.and_then(|page| page.title.as_deref()).unwrap_or_else(|| panic!("{:#?}", ran.execution))
}

#[track_caller]
fn fault(ran: &Ran) -> (usize, BuildFault) {
    match ran.execution.builds.first().map(|build| &build.outcome) {
        Some(BuildOutcome::Failed { line, fault, .. }) => (*line, fault.clone()),
        other => panic!("{other:#?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_instruction_is_carried_out() {
    let dockerfile = "# syntax=docker/dockerfile:1\nARG VERSION=3.8\nFROM python:${VERSION}-slim AS base\nARG MOT=rien\nENV SOURCE=/opt/source LC=C.UTF-8\nRUN echo \"$MOT\" > /mot && id -u > /qui\n\
        FROM base AS atelier\nWORKDIR $SOURCE\nRUN mkdir -p sortie && printf 'fait' > sortie/fait.txt && ln -s fait.txt sortie/lien\nRUN <<FIN\ncd sortie\necho deux > deux.txt\nFIN\n\
        FROM base\nRUN useradd -m eleve\nWORKDIR /app\nCOPY --from=atelier /opt/source/sortie /donnees/sortie/\nCOPY --from=1 --chown=eleve /opt/source/sortie/deux.txt ./trois.txt\nCOPY . .\nRUN pip install flask && python -c 'import flask'\nRUN [\"python\", \"-c\", \"open('exec.txt', 'w').write('oui')\"]\nUSER eleve\nRUN id -un > /tmp/qui && touch ~/la\nHEALTHCHECK CMD false\nEXPOSE 5000\nENTRYPOINT [\"python3\"]\nCMD [\"app.py\"]\n";
    let code = "read = lambda path: open(path).read().strip()\nseen = [read('/mot'), read('/qui'), read('/donnees/sortie/lien'), read('/donnees/sortie/deux.txt'), read('trois.txt'), read('exec.txt'), read('/tmp/qui') if os.path.exists('/tmp/qui') else 'vide', os.path.exists('secret.txt'), os.path.exists(os.path.expanduser('~/la')), os.getuid(), os.getcwd(), '%d.%d' % sys.version_info[:2]]\nopen('journal.txt', 'w').write('x')\nopen(os.path.expanduser('~/journal'), 'w').write('x')";
    let app = showing(code, "' '.join(map(str, seen))");
    let files = [
        ("Dockerfile", dockerfile),
        (".dockerignore", "# rien\n*.txt\n!garde.txt\n"),
        ("secret.txt", "clef"),
        ("app.py", app.as_str()),
    ];
    let ran = run(&files, without_services).await;
    assert_eq!(ran.plan.kind, LaunchKind::Dockerfile);
    assert!(has_reason(&ran.plan, "launch-built") && has_reason(&ran.plan, "launch-build-syntax"), "{:#?}", ran.plan);
    assert_eq!(title(&ran), "rien 0 fait deux deux oui vide False True 10001 /app 3.8");
    let build = &ran.execution.builds[0];
    assert!(matches!(build.outcome, BuildOutcome::Built { .. }) && build.log.head.contains("RUN [\"python\""));
    // The same content again, in somebody else's fork: found ready.
    let again = run(&files, without_services).await;
    assert!(again.execution.builds[0].cached, "{:#?}", again.execution.builds);
    assert_eq!(title(&again), title(&ran));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_would_install_at_its_start_is_installed_before() {
    let dockerfile = "FROM python:3.6\nWORKDIR /usr/src/app\nVOLUME /partage\nADD archive.tar /paquet/\nCOPY *.py ./\nCMD pip3 install -r requirements.txt && python3.6 app.py\nCOPY requirements.txt requirements.txt\n";
    let code = "open('/partage/x', 'w').write('x')\nimport markupsafe\nseen = [open('/paquet/a.txt').read(), os.getcwd(), markupsafe.__version__ > '0']";
    let app = showing(code, "' '.join(map(str, seen))");
    let mut archive = Vec::new();
    {
        let mut tar = tar::Builder::new(&mut archive);
        let mut header = tar::Header::new_ustar();
        header.set_size(4);
        header.set_mode(0o644);
        tar.append_data(&mut header, "a.txt", &b"dans"[..]).expect("a tar");
        tar.finish().expect("a tar");
    }
    let archive = String::from_utf8(archive).expect("zeros and letters");
    let files = [
        ("Dockerfile", dockerfile),
        ("requirements.txt", "flask\nmarkupsafe\n"),
        ("archive.tar", archive.as_str()),
        ("app.py", app.as_str()),
    ];
    let ran = run(&files, without_services).await;
    assert_eq!(title(&ran), "dans /usr/src/app True");
    assert_eq!(ran.execution.processes[0].argv.last().map(String::as_str), Some("python3.6 app.py"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_installs_without_a_pin_is_of_the_commit_s_day() {
    // Whoever only reads the file does not see the second list: nothing of it is there beforehand.
    let dockerfile = "FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN pip install flask && echo humanize > liste && pip3 install -q --no-cache-dir -r liste\nCMD python app.py\n";
    let app = showing("from importlib.metadata import version", "version('humanize')");
    let ran = run(&[("Dockerfile", dockerfile), ("app.py", app.as_str())], without_services).await;
    assert_eq!(title(&ran), "4.9.0", "4.10.0 is of July 2024");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compose_file_builds_what_it_describes_and_lays_the_project_over_it() {
    let compose = "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Web\n      target: web\n      args: {MOT: compose}\n    image: python:3.9\n    environment: {TITRE: depuis-compose}\n    volumes: ['.:/code', 'donnees:/donnees']\n    ports: ['5000:5000']\nvolumes: {donnees: {}}\n";
    let dockerfile = "FROM python:3.11 AS web\nARG MOT\nENV TITRE=perdu MOT=$MOT\nRUN mkdir /donnees && echo image > /donnees/a && mkdir /code && echo perdu > /code/b\nRUN pip install flask\nWORKDIR /code\nCMD python app.py\nFROM web AS autre\nCMD false\n";
    let code = "open('/donnees/c', 'w').write('x')\nseen = [os.environ['TITRE'], os.environ['MOT'], open('/donnees/a').read().strip(), os.path.exists('b')]";
    let app = showing(code, "' '.join(map(str, seen))");
    let files = [("docker-compose.yml", compose), ("docker/Web", dockerfile), ("app.py", app.as_str())];
    let ran = run(&files, without_services).await;
    assert_eq!(ran.plan.kind, LaunchKind::Compose);
    assert_eq!(title(&ran), "depuis-compose compose image False");
    let engine = crate::support::engine::engine().await;
    // Its name never reached the engine.
    assert!(engine.image("python:3.9", None).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_is_said_and_the_file_read_instead() {
    let dockerfile = "FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN echo 'presque' \\\n  && echo 'pas de chance' >&2 && exit 3\nRUN pip install flask\nCMD python app.py\n";
    let app = showing("", "os.getcwd()");
    let ran = run(&[("Dockerfile", dockerfile), ("app.py", app.as_str())], without_services).await;
    assert_eq!(fault(&ran), (4, BuildFault::Exited { code: 3 }));
    assert!(ran.execution.builds[0].log.head.contains("pas de chance"), "{:#?}", ran.execution.builds);
    assert!(has_reason(&ran.execution.plan, "launch-build-failed"));
    assert!(has_reason(&ran.execution.plan, "launch-run-left-out") && !has_reason(&ran.execution.plan, "launch-built"));
    assert_eq!(title(&ran), "/app");
    assert_eq!(ran.execution.install.outcome, InstallOutcome::Installed);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_limit_of_a_build_is_a_finding() {
    let cases: [(&str, BuildLimit); 4] = [
        ("sleep 1000", BuildLimit::Time),
        ("yes il y en a trop", BuildLimit::Output),
        ("python -c 'x = bytearray(3 << 30)'", BuildLimit::Memory),
        (
            "python -c 'import os\nfor n in range(5): os.posix_fallocate(os.open(str(n), os.O_CREAT | os.O_RDWR), 0, 90 << 20)' && sleep 30",
            BuildLimit::Disk,
        ),
    ];
    let app = showing("", "os.getcwd()");
    let limits = |course: &mut Course| {
        without_services(course);
        course.sandbox.build_seconds = 25;
        course.sandbox.build_disk_mib = 300;
    };
    for (command, limit) in cases {
        let command = serde_json::to_string(&["/bin/sh", "-c", command]).expect("JSON");
        let dockerfile = format!("FROM python:3.11\nWORKDIR /app\nCOPY app.py .\nRUN {command}\nCMD python app.py\n");
        let ran = run(&[("Dockerfile", &dockerfile), ("app.py", app.as_str())], limits).await;
        assert_eq!(fault(&ran), (4, BuildFault::Limit { limit }), "{command} {:#?}", ran.execution.builds);
        assert_eq!(ran.execution.verdict(), Verdict::StartsEmpty, "{command} {:#?}", ran.execution);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_too_large_is_not_half_copied() {
    let data = "x".repeat(900 << 10);
    let app = showing("", "os.getcwd()");
    let dockerfile = "FROM python:3.11\nWORKDIR /app\nCOPY . .\nCMD python app.py\n";
    let files = [
        ("Dockerfile", dockerfile),
        ("app.py", app.as_str()),
        ("a.csv", data.as_str()),
        ("b.csv", data.as_str()),
        ("c.csv", data.as_str()),
    ];
    // The plan is made with the course as it is: what is copied is bounded here and there alike.
    let ran = super::kinds::run_with(&files, |course| {
        without_services(course);
        course.sandbox.max_project_mib = 1;
    })
    .await;
    assert_eq!(fault(&ran), (3, BuildFault::TooLarge { mebibytes: 2 }), "{:#?}", ran.execution);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_has_no_more_than_its_container() {
    let code = "import os, socket\nseen = [path for path in ['/var/run/docker.sock', '/dev/sda', '/dev/mem', '/hote'] if os.path.exists(path)]\nstatus = open('/proc/self/status').read()\nprint('vu', seen, hex(int(status.split('CapEff:')[1].split()[0], 16)), status.split('NoNewPrivs:')[1].split()[0], status.split('Seccomp:')[1].split()[0], sorted(name for name in os.environ if 'TOKEN' in name or 'DATABASE' in name))\ntry:\n    open('/proc/sys/kernel/core_pattern', 'w')\n    print('ouvert')\nexcept OSError:\n    print('ferme')\nos.system('mount -t tmpfs x /mnt; sleep 500 & ')\n";
    let dockerfile = "FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN python voir.py\nRUN ps ax 2>/dev/null | grep -c 'sleep 500' > reste; ls -d /proc/[0-9]* | wc -l > combien\nRUN pip install flask\nCMD python app.py\n";
    let app = showing("", "open('combien').read().strip()");
    let ran = run(&[("Dockerfile", dockerfile), ("voir.py", code), ("app.py", app.as_str())], without_services).await;
    let log = &ran.execution.builds[0].log.head;
    // CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID: nothing that reaches beyond a container.
    assert!(log.contains("vu [] 0xfb 1 2 []") && log.contains("ferme") && !log.contains("ouvert"), "{log}");
    // What a command leaves running is gone when the next one starts: the first process, its wait, and the shell that counts.
    assert!(title(&ran).parse::<u32>().is_ok_and(|count| count <= 5), "{}", title(&ran));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_student_s_image_does_to_our_own_commands_harms_nobody_else() {
    // The shell that supervises a run is theirs to replace: it then starts nothing, which is theirs to mend.
    let dockerfile = "FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN printf '#!/usr/local/bin/python\\nimport sys, os\\nos.execv(\"/bin/dash\", [\"sh\"] + sys.argv[1:]) if \"seed\" not in str(sys.argv) or \"chmod\" in str(sys.argv) else sys.exit(9)\\n' > /faux && chmod 755 /faux && ln -sf /faux /bin/sh\nCMD [\"python\", \"app.py\"]\n";
    let ran = run(&[("Dockerfile", dockerfile), ("app.py", "print('jamais')\n")], without_services).await;
    assert!(
        matches!(ran.execution.verdict(), Verdict::CrashedAtStart | Verdict::RanEmpty | Verdict::InstallFailed),
        "{:#?}",
        ran.execution
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_may_read_dockerfiles_and_run_nothing_of_them() {
    let dockerfile = "FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN cp /app/app.py /app/construit\nRUN pip install flask\nCMD python app.py\n";
    let app = showing("", "os.path.exists('/app/construit')");
    let ran = super::kinds::run_with(&[("Dockerfile", dockerfile), ("app.py", app.as_str())], |course| {
        without_services(course);
        course.sandbox.dockerfiles = Dockerfiles::Read;
    })
    .await;
    assert_eq!((title(&ran), ran.execution.builds.len()), ("False", 0));
    assert!(has_reason(&ran.plan, "launch-run-left-out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_runs_that_want_one_image_at_once_build_it_once() {
    let marker = format!("construit-{}", std::process::id());
    let dockerfile =
        format!("FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN echo {marker} && sleep 3\nCMD python app.py\n");
    let files = [("Dockerfile", dockerfile.as_str()), ("app.py", "print('fait')\n")];
    let runs = futures::future::join_all((0..3).map(|_| super::kinds::run_beside_others(&files))).await;
    let fresh = runs.iter().filter(|ran| !ran.execution.builds[0].cached).count();
    assert_eq!(fresh, 1, "{:#?}", runs.iter().map(|ran| &ran.execution.builds).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn old_images_go_and_those_of_others_stay() {
    let dockerfile =
        format!("FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN echo {}\nCMD python app.py\n", std::process::id());
    let ran = run(&[("Dockerfile", &dockerfile), ("app.py", "print('fait')\n")], without_services).await;
    let BuildOutcome::Built { digest, .. } = &ran.execution.builds[0].outcome else {
        panic!("{:#?}", ran.execution.builds)
    };
    let later = forkgrade::clock::Clock::System.now() + chrono::TimeDelta::days(1);
    // Another installation removes none of it.
    let other = crate::support::engine::engine().await;
    assert_eq!(other.forget_builds(later).await.expect("the engine answers"), 0);
    let own = crate::support::engine::connect_as(None, ran.installation).await.expect("an engine");
    assert_eq!(
        own.forget_builds("2020-01-01T00:00:00Z".parse().expect("a date")).await.expect("the engine answers"),
        0
    );
    assert!(own.image(digest, None).await.is_ok());
    assert!(own.forget_builds(later).await.expect("the engine answers") >= 1);
    assert!(own.image(digest, None).await.is_err());
}
