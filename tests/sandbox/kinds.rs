//! One small project of every kind, as students write them: read, planned and run in the real engine.

use bytes::Bytes;
use forkgrade::domain::Course;
use forkgrade::domain::facts::Execution;
use forkgrade::domain::facts::execution::{ProcessEnd, Verdict};
use forkgrade::domain::launch::{LaunchKind, LaunchPlan};
use forkgrade::observe::execution::{ExecutionRequest, execute};
use forkgrade::observe::files::archive_of;
use forkgrade::observe::folder::Folder;
use forkgrade::sandbox::Engine;

use crate::observe::support::{UPSTREAM, Upstream, commands, course, date, folder, inspect_folder_of};
use crate::support::engine::{connect_as, egress, engine, owner};

/// A project with these files, after it ran.
pub struct Ran {
    pub plan: LaunchPlan,
    pub execution: Execution,
    /// Whose containers and images they were.
    pub installation: uuid::Uuid,
}

/// Reads a fork whose project holds these files, and runs it as its plan says.
pub async fn run(project: &[(&str, &str)], change: impl FnOnce(&mut Course)) -> Ran {
    run_fork(&placed(project), change).await
}

/// Files of a project, in its folder.
fn placed<'f>(project: &[(&str, &'f str)]) -> Vec<(&'static str, &'f str)> {
    let path = |path: &str| -> &'static str { Box::leak(format!("6Evaluation/Projet/{path}").into_boxed_str()) };
    project.iter().map(|(name, text)| (path(name), *text)).collect()
}

/// Reads a fork with these files of the student's own, and runs its project.
pub async fn run_fork(own: &[(&str, &str)], change: impl FnOnce(&mut Course)) -> Ran {
    let mut changed = course();
    change(&mut changed);
    let installation = forkgrade::random::lease();
    let engine = connect_as(None, installation).await.expect("the tests need a Docker engine");
    let ran = Ran { installation, ..ran(&engine, own, &course(), changed).await };
    assert_eq!(engine.reap(&Default::default()).await.expect("the engine answers"), 0, "containers stayed behind");
    ran
}

/// The same, where the plan too is made with the changed course.
pub async fn run_with(project: &[(&str, &str)], change: impl FnOnce(&mut Course)) -> Ran {
    let mut changed = course();
    change(&mut changed);
    ran(&engine().await, &placed(project), &changed, changed.clone()).await
}

/// The same without databases, while others like it run.
pub async fn run_beside_others(project: &[(&str, &str)]) -> Ran {
    let mut changed = course();
    without_services(&mut changed);
    ran(&engine().await, &placed(project), &course(), changed).await
}

async fn ran(engine: &Engine, own: &[(&str, &str)], planned: &Course, course: Course) -> Ran {
    let files: Vec<(&str, &str)> = UPSTREAM.iter().chain(own).copied().collect();
    let root = folder(&files);
    let inspection = inspect_folder_of(root.path(), Some(Upstream::of(&[UPSTREAM])), planned);
    let plan = inspection.plan.expect("a plan");
    let fork = Folder::open(root.path()).expect("a folder");
    let archive = archive_of(&fork, &inspection.project, &plan, &course.sandbox).expect("a tar");
    let request = ExecutionRequest {
        course: &course,
        plan: &plan,
        archive: Bytes::from(archive),
        as_of: date("2024-01-15T12:00:00Z"),
        owner: owner(),
        egress: &egress(&course),
    };
    let execution = execute(engine, request, |_| {}).await.expect("the engine runs it").execution;
    Ran { plan, execution, installation: uuid::Uuid::nil() }
}

pub fn without_services(course: &mut Course) {
    course.services.clear();
}

/// It serves a page with this title.
#[track_caller]
fn assert_serves(ran: &Ran, port: u16, title: &str) {
    let Ran { plan, execution, .. } = ran;
    assert_eq!((plan.kind, execution.ports.as_slice()), (LaunchKind::PythonWeb, [port].as_slice()), "{execution:#?}");
    let page = execution.pages.first().expect("a page");
    assert_eq!((page.status, page.title.as_deref()), (Some(200), Some(title)), "{execution:#?}");
}

const ROUTE: &str = "return '<title>Films</title><ul>' + '<li>un film</li>' * 6 + '</ul>'";

#[tokio::test(flavor = "multi_thread")]
async fn a_flask_factory_in_a_package() {
    let views = format!(
        "from flask import Blueprint\nvues = Blueprint('vues', __name__)\n@vues.route('/')\ndef accueil():\n    {ROUTE}\n"
    );
    let factory = "from flask import Flask\nfrom .vues import vues\n\ndef create_app():\n    app = Flask(__name__)\n    app.register_blueprint(vues)\n    return app\n";
    let ran = run(&[("films/__init__.py", factory), ("films/vues.py", &views)], without_services).await;
    assert_serves(&ran, 5000, "Films");
    assert_eq!(ran.execution.verdict(), Verdict::ShowsData);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dash_application() {
    let app = "from dash import Dash, html\napp = Dash(__name__, title='Films')\napp.layout = html.Ul([html.Li('un film')] * 6)\nif __name__ == '__main__':\n    app.run(debug=True)\n";
    assert_serves(&run(&[("tableau.py", app), ("requirements.txt", "dash\n")], without_services).await, 8050, "Films");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_streamlit_application() {
    let app = "import streamlit as st\nst.title('Films')\nst.table({'titre': ['Alien', 'Brazil']})\n";
    let ran = run(&[("app.py", app), ("requirements.txt", "streamlit\n")], without_services).await;
    assert_serves(&ran, 8501, "Streamlit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fastapi_application() {
    let app = format!(
        "from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\napi = FastAPI()\n@api.get('/', response_class=HTMLResponse)\ndef accueil():\n    {ROUTE}\n"
    );
    assert_serves(&run(&[("main.py", &app)], without_services).await, 8000, "Films");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_django_project_with_its_migrations() {
    let manage = "import os, sys\nfrom django.core.management import execute_from_command_line\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_films.settings')\nexecute_from_command_line(sys.argv)\n";
    let settings = "SECRET_KEY = 'x'\nDEBUG = True\nROOT_URLCONF = 'site_films.urls'\nINSTALLED_APPS = ['django.contrib.contenttypes', 'django.contrib.auth']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'films.sqlite3'}}\n";
    let urls = "from django.contrib.auth.models import User\nfrom django.http import HttpResponse\nfrom django.urls import path\ndef accueil(request):\n    return HttpResponse(f'<title>{User.objects.count()} comptes</title>')\nurlpatterns = [path('', accueil)]\n";
    let files = [
        ("manage.py", manage),
        ("site_films/__init__.py", ""),
        ("site_films/settings.py", settings),
        ("site_films/urls.py", urls),
        ("requirements.txt", "django\n"),
    ];
    let ran = run(&files, without_services).await;
    assert_serves(&ran, 8000, "0 comptes");
    assert_eq!(commands(&ran.plan)[0], "python manage.py migrate --noinput");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrapy_project_ends_by_itself() {
    // It would go on for ever: every answer leads to another request.
    let spider = "import scrapy\n\nclass Films(scrapy.Spider):\n    name = 'films'\n    start_urls = ['data:,debut']\n    n = 0\n    def parse(self, response):\n        self.n += 1\n        yield {'n': self.n}\n        yield scrapy.Request(f'data:,{self.n}', dont_filter=True)\n";
    let pipeline = "from pymongo import MongoClient\n\nclass Base:\n    def open_spider(self, spider):\n        self.films = MongoClient('mongo').films.films\n    def process_item(self, item, spider):\n        self.films.insert_one(dict(item))\n        return item\n";
    let files = [
        ("collecte/scrapy.cfg", "[settings]\ndefault = collecte.settings\n"),
        ("collecte/collecte/__init__.py", ""),
        (
            "collecte/collecte/settings.py",
            "BOT_NAME = 'collecte'\nSPIDER_MODULES = ['collecte.spiders']\nITEM_PIPELINES = {'collecte.pipelines.Base': 300}\n",
        ),
        ("collecte/collecte/pipelines.py", pipeline),
        ("collecte/collecte/spiders/__init__.py", ""),
        ("collecte/collecte/spiders/films.py", spider),
    ];
    let ran = run(&files, |_| {}).await;
    assert_eq!(ran.plan.kind, LaunchKind::PythonScript);
    assert_eq!(ran.execution.processes[0].end, ProcessEnd::Exited { code: 0 }, "{:#?}", ran.execution.processes);
    assert_eq!(ran.execution.verdict(), Verdict::RanAndStored);
    assert!(ran.execution.stored_items() > 0, "{:#?}", ran.execution.databases);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notebook_alone_is_executed() {
    let cells = [
        "%matplotlib inline\nfrom pymongo import MongoClient",
        "MongoClient().films.films.insert_many([{'n': n} for n in range(7)])",
    ];
    let cells: Vec<_> = cells.iter().map(|code| serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": code})).collect();
    let notebook = serde_json::json!({"nbformat": 4, "nbformat_minor": 2, "metadata": {"kernelspec": {"name": "conda-base-py", "display_name": "x"}}, "cells": cells}).to_string();
    let ran = run(&[("projet.ipynb", &notebook), ("requirements.txt", "pymongo\nmatplotlib\n")], |_| {}).await;
    assert_eq!(ran.execution.processes[0].end, ProcessEnd::Exited { code: 0 }, "{:#?}", ran.execution.processes);
    assert_eq!((ran.execution.verdict(), ran.execution.stored_items()), (Verdict::RanAndStored, 7));
}
