### What is observed: states, reasons, decisions.

## States of a project
project-state-submitted = project submitted
project-state-documents-only = documents without code
project-state-template = the course's template
project-state-missing = no project
project-state-gitlink = nested repository
project-state-empty-repository = empty repository
project-state-elsewhere-unreadable = separate repository unreadable

## States of a notebook
notebook-state-untouched = untouched
notebook-state-resaved = only saved again
notebook-state-worked = worked on
notebook-state-solution = the course's solution
notebook-state-not-fetched = not fetched yet
notebook-state-deleted = deleted
notebook-state-broken = broken

## Stages of a run
stage-fetching = fetching
stage-inspecting = inspecting
stage-installing = installing
stage-starting = starting
stage-probing = probing
stage-scoring = scoring

## States of a run
run-queued = queued
run-running = running
run-finished = finished
run-failed = failed on our side
run-superseded = superseded by a newer push

## States of a fork
fork-active = active
fork-empty = empty
fork-unreadable = unreadable
fork-gone = gone, last state kept

## How the service learnt of a push
learnt-webhook = announced by GitHub
learnt-sweep = seen by a sweep
learnt-command = asked for by hand

## Ways of starting
launch-kind-declared = declared
launch-kind-compose = Compose file
launch-kind-dockerfile = Dockerfile
launch-kind-python-web = Python web application
launch-kind-python-script = Python scripts
launch-kind-nothing = nothing to run

## How the project was found
project-found-named = Project found in { $folder } (the course's "{ $pattern }").
project-found-documents = { $folder } holds documents, but no program.
project-found-documents-and-gitlink = { $folder } holds documents, but no program; { $nested } points to another repository: its content is not on GitHub.
project-found-template = { $folder } is still as the course provided it.
project-found-gitlink = { $folder } points to another repository: its content is not on GitHub.
project-found-root = Project found at the repository's root.
project-found-elsewhere = Project found by looking: { $folder }.
project-found-separate = Project found in the separate repository { $repository }.
project-found-separate-unreadable = The separate repository { $repository } does not exist or cannot be read.
project-found-nothing = No project folder and no program of your own.
project-found-empty = The repository holds no file.

## Why a notebook cannot be read
notebook-broken-json = The file is not valid JSON (line { $line }).
notebook-merge-conflict = The file still holds a merge conflict (<<<<<<< and >>>>>>>).
notebook-no-cells = The file is no notebook: it has no cells.
notebook-too-large = The file is larger than { $mebibytes } MiB: clear the outputs and save it again.
notebook-unreadable = The file cannot be read.

## Why a project is started this way
launch-declared = Started as { $file } says.
launch-declared-broken = { $file } is not valid TOML (line { $line }): it is ignored.
launch-declared-unknown-key = Line { $line } of { $file }: the key "{ $key }" is not known: command, build, port, python and requirements are.
launch-declared-wrong-value = Line { $line } of { $file }: the value of "{ $key }" cannot be used: it is ignored.
launch-application = { $file } builds a web application and starts it.
launch-flask-run = { $file } builds a Flask application without starting it: it is started by "flask run".
launch-streamlit = { $file } is a Streamlit application.
launch-django = { $file } is a Django application.
launch-uvicorn = { $file } builds a FastAPI application: it is started by uvicorn.
launch-hinted = Your documentation or Dockerfile names { $file }.
launch-several-applications = { $count } files build an application: the likeliest was taken. To choose another: .forkgrade.toml.
launch-run-from = Run from { $folder }, where its files are found.
launch-loader-told = { $file } runs first, as it is told.
launch-command-told = "{ $command }" runs first, as it is told.
launch-loader-elsewhere = { $file } does not lie in the container that { $recipe } describes: it is not run. If it fills the database, copy it too.
launch-loader-found = { $file } runs first: it fills the database.
launch-spider-told = The spider "{ $spider }" runs first, as it is told.
launch-spider-alone = Nothing serves web pages: the spider "{ $spider }" is run ({ $file }).
launch-scripts = Nothing serves web pages: the scripts are run, { $file } first.
launch-script-alone = Nothing serves web pages: { $file } is run.
launch-notebook-alone = Only notebooks: they are executed cell after cell, { $file } first.
launch-compose = Started as { $file } says: { $services }.
launch-compose-refused = { $file }: "{ $what }" of { $service } is refused, and it runs without.
launch-compose-broken = { $file } is no Compose file that can be read: it is ignored.
launch-compose-databases = { $services }: answered by the databases that the course provides.
launch-compose-no-login = { $services }: the databases that the course provides take no password. A connection without one works everywhere.
launch-compose-same-port = { $services } listen on the same port { $port }: in a run they share one network, so that only the first of them gets it.
launch-compose-volume-apart = { $services } share the volume { $volume }: in a run each has a copy of its own.
launch-selenium = { $file } drives a browser: this run’s own Chromium answers it, at port 4444 and in place of chromedriver and geckodriver.
launch-compose-selenium = Answered by this run’s own Chromium, also where Firefox is asked for: { $services }.
launch-selenium-driver = { $file } is a driver for another machine: a program that names it by its path finds no browser here, “webdriver.Chrome()” without a path does.
launch-webdriver-manager = { $file } downloads a driver with webdriver_manager, which a run cannot do; “webdriver.Chrome()” alone finds one.
launch-compose-left-out = { $services }: not part of the application, left out.
launch-service-unknown = { $service }: the image { $image } cannot be had here, so it is left out.
launch-service-beyond = { $services }: more services than a run has room for, left out.
launch-image-of-a-laptop = { $service }: the image { $image } exists on your computer only, so { $file } is taken.
launch-dockerfile = Started as { $file } says.
launch-dockerfile-missing = { $service }: there is no { $file } to build it from.
launch-base-unknown = { $file } builds on { $image }, and not on Python.
launch-base-taken-for = { $file } builds on { $image }: the course's Python is taken for it.
launch-base-given = { $file } builds on { $image }: the course gives { $given } for it.
launch-built = { $file } is built: its instructions are carried out, on images of the course.
launch-build-syntax = { $file }: its "# syntax=" line is ignored.
launch-build-failed = { $file } was built without success (see the log of the build): it is read instead.
launch-build-unavailable = { $file } could not be built here, which is not your fault: it is read instead.
launch-build-at-root = { $file } puts its files at the root of the image, where no program may write: it is read instead of built. "WORKDIR /app" before COPY helps.
launch-build-outside = { $file }, line { $line }: { $source } lies outside of the project's folder, so the file is read instead of built.
launch-build-refused = { $file }, line { $line }: "{ $what }" is refused, so the file is read instead of built.
launch-build-other-system = { $file }, line { $line }: "{ $what }" installs packages of another system than Debian, so the file is read instead of built.
launch-build-image-unknown = { $file }, line { $line }: the course gives nothing for the image { $image }, so the file is read instead of built.
launch-no-command = { $file } starts no program.
launch-serves-nothing = { $file } starts { $program } and not the web application.
launch-command-missing = { $file } starts { $program }, which does not lie in its container.
launch-run-left-out = { $file }, line { $line }: "{ $command }" is not run (only packages of Python are installed).
launch-copy-left-out = { $file }, line { $line }: "{ $source }" is not copied (it lies on the internet or outside of the build's folder, or does not exist).
launch-outside-left-out = { $file }: only the project's folder lies in the container, nothing from outside of it.
launch-plan-python-instead = So the application is started with Python.
launch-nothing-but-notebooks = Only notebooks, and none of your own holds code: nothing to run.
launch-nothing-found = No Python program to run.
launch-compose-read-for-names = { $file } is read for its service names; the application is started with Python.
launch-dependencies-project = Dependencies of { $file }.
launch-dependencies-course = The project lists no dependencies: the course's are taken ({ $file }).
launch-dependencies-imports = The project lists no dependencies: they are taken from the imports.
launch-imports-added = Imported but not listed, so added: { $packages }.
launch-imports-unknown = Unknown modules, not installed: { $modules }. If they are yours, add the files; otherwise add the package to requirements.txt.
launch-lines-refused =
    { $count ->
        [one] One line cannot be installed
       *[other] { $count } lines cannot be installed
    } (option, path, address, Windows package).
launch-python-declared = Python { $python }: { $file } asks for { $wanted }.
launch-python-of-pins = Python { $python }: "{ $line }" needs a Python of its time.
launch-python-of-year = Python { $python }, as in { $year }.
launch-python-default = Python { $python } by default.

# Signs (never points): for the teacher alone.
signs-title = Worth a look
signs-why = Signs, not proof: they change no points and the student does not see them. Each may have a good reason.
sign-data =
    { $count ->
        [one] One data file
       *[other] { $count } data files
    } in the repository (at least { $kib } KiB), although the project says that it collects them. An example or a backup, perhaps.
sign-unreached = Nothing starts this scraper: no program, Compose file or README names it. Started by hand, perhaps.
sign-constants = { $n } documents written into the code are stored in a database. Test data, perhaps.
sign-agent = An answer depends on the browser that asks (User-Agent). A layout for mobiles, perhaps.
sign-order = An answer depends on how many requests came before. Paging, perhaps.
sign-time = An answer depends on the time since the start. A cache, perhaps.
sign-surroundings = The program looks for where it runs. A setting for Docker, perhaps.
sign-imitation = What the program prints looks like a grade or like a message of this service. It changes nothing about the grade.
sign-hidden = { $n } words that a reader of the README does not see. A note to oneself, perhaps.
sign-invisible = Invisible characters in the README. Copied and pasted, perhaps.
signs-dates = Dates of commits
sign-future-commit = The newest commit bears a date ({ $date }, UTC) later than its arrival here. A wrong clock, perhaps.
sign-dated-before-deadline = The newest commit is dated before the deadline ({ $date }, UTC) but arrived { $hours } h later, after it. A forgotten push, perhaps.
sign-old-commit = The newest commit is dated { $date } (UTC) and arrived only { $days } days later, while the service was already looking at this fork. Offline work, perhaps.
sign-one-evening = All { $commits } commits lie within { $hours } h. A project uploaded at once, or one long evening, perhaps.

## Technologies
technology-flask = Flask
technology-dash = Dash
technology-streamlit = Streamlit
technology-django = Django
technology-fastapi = FastAPI
technology-mongodb = MongoDB
technology-redis = Redis
technology-elasticsearch = Elasticsearch
technology-sql = SQL
technology-scraping = scraping
technology-real-time-scraping = real-time scraping
technology-scrapy = Scrapy
technology-selenium = Selenium
technology-charts = charts
technology-search = search
technology-dockerfile = Dockerfile
technology-compose = Compose
