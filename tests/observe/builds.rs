//! Which Dockerfiles are built, which are only read, and why.

use forkgrade::domain::build::BaseImage;
use forkgrade::domain::launch::LaunchKind;

use super::support::{APP, Files, has_reason, plan_of};

fn with_dockerfile(text: &str) -> forkgrade::domain::LaunchPlan {
    plan_of(&[("app.py", APP), ("requirements.txt", "flask\n"), ("Dockerfile", text)])
}

#[test]
fn what_no_build_may_do_keeps_a_file_from_being_built_and_not_from_being_read() {
    let cases = [
        ("RUN --mount=type=bind,source=/,target=/hote ls /hote", "launch-build-refused"),
        ("RUN --mount=type=secret,id=clef cat /run/secrets/clef", "launch-build-refused"),
        ("RUN --security=insecure mount", "launch-build-refused"),
        ("RUN --network=host curl http://127.0.0.1", "launch-build-refused"),
        ("ADD https://example.org/x.tar.gz /x", "launch-build-refused"),
        ("ADD git@example.org:x/y.git /x", "launch-build-refused"),
        ("COPY --from=nginx:alpine /etc/nginx /etc/nginx", "launch-build-image-unknown"),
        ("COPY ../../README.md /app/", "launch-copy-left-out"),
        ("COPY <<FIN /app/x\ntexte\nFIN", "launch-build-refused"),
        ("RUN apk add --no-cache gcc", "launch-build-other-system"),
    ];
    for (line, reason) in cases {
        let plan = with_dockerfile(&format!("FROM python:3.8\nWORKDIR /app\nCOPY . .\n{line}\nCMD python app.py\n"));
        assert_eq!(plan.kind, LaunchKind::Dockerfile, "{line}");
        let said = has_reason(&plan, reason)
            || plan.build.iter().any(|build| build.instead.iter().any(|one| one.key == reason));
        assert!(said, "{line}: {:#?}", plan.reasons);
        assert_eq!(plan.build.is_some(), reason == "launch-copy-left-out", "{line}");
    }
}

#[test]
fn what_is_harmless_is_built() {
    let plan = with_dockerfile(
        "FROM --platform=linux/amd64 python:3.8 AS a\nRUN --mount=type=cache,target=/root/.cache pip install flask\nFROM a\nWORKDIR /app\nCOPY --link --chown=1000:1000 . .\nRUN --network=none true\nCMD python app.py\n",
    );
    let build = plan.build.expect("a build");
    let python = BaseImage::Python { version: Some("3.8".into()) };
    assert_eq!(build.images, [("python:3.8".to_owned(), python)].into());
    assert_eq!((build.layout.workdir.as_str(), build.layout.seeded), ("/app", vec!["/app".to_owned()]));
    assert!(build.layout.places.is_empty());
}

#[test]
fn files_at_the_root_of_an_image_are_read_and_put_where_programs_can_write() {
    let plan = with_dockerfile("FROM python:3.8\nCOPY . .\nCMD python app.py\n");
    assert!(plan.build.is_none() && has_reason(&plan, "launch-build-at-root"), "{:#?}", plan.reasons);
}

#[test]
fn a_context_around_the_project_is_the_project_in_its_place() {
    let compose = "services:\n  web:\n    build: {context: ../.., dockerfile: 6Evaluation/Projet/Dockerfile}\n";
    let files: Files<'_> = &[
        ("app.py", APP),
        ("docker-compose.yml", compose),
        (
            "Dockerfile",
            "FROM python:3.8\nWORKDIR /app\nCOPY 6Evaluation/Projet .\nRUN pip install flask\nCMD python app.py\n",
        ),
    ];
    let context = plan_of(files).build.expect("a build").context;
    assert_eq!((context.above.as_str(), context.below.as_str()), ("6Evaluation/Projet", ""));
    let outside: Files<'_> = &[
        ("app.py", APP),
        ("docker-compose.yml", compose),
        ("Dockerfile", "FROM python:3.8\nWORKDIR /app\nCOPY Pipfile .\nCOPY 6Evaluation/Projet .\nCMD python app.py\n"),
    ];
    let plan = plan_of(outside);
    assert!(plan.build.is_none() && has_reason(&plan, "launch-build-outside"), "{:#?}", plan.reasons);
}
