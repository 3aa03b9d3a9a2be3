### What criteria say: what was seen, and what to do.

## Ends of a criterion
outcome-passed = passed
outcome-partial = in part
outcome-failed = missing
outcome-skipped = not judged

## What a person would say of a run
verdict-install-failed = dependencies do not install
verdict-crashed-at-start = crashes at start
verdict-never-listened = starts but never listens
verdict-answers-errors = answers with errors
verdict-ran-empty = runs, stores nothing
verdict-ran-and-stored = runs and stores data
verdict-starts-empty = starts but empty
verdict-shows-data = shows data

## The arithmetic of a score
score-base = Base criteria: { $points } of { $max }, which is { $scaled } out of { $scale }.
score-bonus = Bonus: + { $points }.
score-late = Late: - { $points }.
score-rounded = { $exact } is rounded to the nearest multiple of { $step } (halves upwards).
score-capped = { $exact } is more than the scale: the score stops at { $scale }.
score-total = Total: { $total } out of { $scale }.

skipped-needs = Not judged, because "{ $en }" is not met. You do not lose it twice.
skipped-needs-hidden = A criterion that this one depends on is not met.

## forkgrade check
check-head-outcome = State
check-head-criterion = Criterion
check-head-points = Points
check-head-seen = Seen, and to do (→)
check-what-is-left = What needs the project to run is judged after your push.
check-no-upstream = Without the course's repository its files cannot be told from yours: notebooks and templates are not compared. “git remote add upstream https://github.com/{ $upstream }”, then “git fetch upstream”, or --upstream DIR.
check-first-commits = Compared with commit { $commit } ({ $author }, { $on }), taken for the course's last. If it is not: --upstream DIR.
check-project-elsewhere = Your project is in the repository { $repository }: add --project with the folder of your copy to have it checked.
check-uncommitted =
    { $files ->
        [one] One file is in no commit yet
       *[other] { $files } files are in no commit yet
    }: only what is pushed is graded.
check-unpushed =
    { $commits ->
        [one] One commit is not pushed yet
       *[other] { $commits } commits are not pushed yet
    }: only what is pushed is graded.

## README
readme-none = No README was found.
readme-write = Create a README.md in the project's folder: what the application does, how to run it, how it is built.
readme-untouched =
    { $percent ->
        [0] { $file } is still the course's template.
       *[other] { $file } is still the course's template: { $percent } % of its words come from there.
    }
readme-fill = Fill { $file } in with your own text. A few paragraphs are enough to begin with.
readme-found = README found: { $file }.
readme-others = Other documents found: { $files }.
readme-length = { $characters } characters, { $words } words.
readme-too-short = Aim for at least { $least } characters (you have { $characters }): where the data comes from, what the application shows, which choices you made.
readme-foreign = The README is in none of the course's languages.
readme-write-in-french = Write it in French, or add a translation.
readme-write-in-english = Write it in English, or add a translation.
readme-pdf = The documentation is a PDF ({ $file }), whose content is not read.
readme-office = The documentation is a file of a word processor or of slides ({ $file }), whose content is not read.
readme-write-as-text = Copy the essentials of that document into a README.md: GitHub shows it, and it can be judged.
readme-commands = Instructions found ({ $place }): { $commands }.
readme-run-section = A section explains how to run the project ({ $place }).
readme-no-commands = The README does not say how to run the project.
readme-add-commands = Add a section "How to run" with the exact commands in a code block: install, fill the database, start (for instance "docker-compose up" or "python app.py").
readme-technical = Technical documentation is there ({ $file }).
readme-no-technical = No technical documentation was found.
readme-add-technical = Add a section "Technical documentation": architecture, structure of the code, which database and why, how the data is collected.
readme-functional = Functional documentation is there ({ $file }).
readme-no-functional = No functional documentation was found.
readme-add-functional = Add a section "User guide": what the application offers, page by page, with a screenshot or two.
readme-sections = { $found } of { $all } required sections are there.
readme-section = "{ $title }" ({ $place }).
readme-section-empty = There is next to nothing under "{ $title }" ({ $place }).
readme-fill-section = Write a few sentences under "{ $title }".
readme-add-section = Add a section "{ $title }" with a few sentences (these titles are understood: { $names }).
readme-renders = { $file } is shown without errors ({ $renderer }).
readme-not-rendered = { $file } is read by docutils after your push. To see the same at home: "pip install docutils", then "rst2html5 README.rst".
readme-errors =
    { $count ->
        [one] { $renderer } reports an error: a part of the README is not shown as you wrote it.
       *[other] { $renderer } reports { $count } errors: parts of the README are not shown as you wrote them.
    }
readme-complaint = { $place }: { $text }
readme-too-large = { $file } is too large to be shown as a whole, here as on GitHub.
readme-shorten = Keep less than 500 kB of text: long logs and encoded pictures belong into files of their own.
readme-too-much = { $file } is too deeply nested or too repetitive to be shown.
readme-broken = { $renderer } breaks off while it reads { $file }: { $error }
readme-simplify = Make the README simpler: fewer lists, tables or tags within one another.
readme-mend = Open the README at the line that is named, and correct its markup.
readme-mend-directive = A directive ".. name::" or a role does not exist or is filled in wrongly: check its name (image, code-block, note…), the blank line after it and the indentation of its content.
readme-mend-titles = Underline each title over its whole length, with the same mark for the same level, and skip no level ("====", then "----", then "~~~~").
readme-mend-table = Borders and columns of a table have to line up to the character.
readme-mend-indentation = Put a blank line before and after each indented block, and keep one indentation within a block.
readme-mend-references = A link "name_" or a substitution "|name|" is defined nowhere: add ".. _name: address", or write `text <address>`_.
readme-mend-long-line = Break lines of more than 10,000 characters: because of them, nothing of the README is shown.
readme-mend-at-home = To see the same messages at home: "pip install docutils", then "rst2html5 README.rst".

## Hints: what costs nothing
hints-title = Hints (they cost no points)
hint-readme-move = Put { $file } right into the project's folder: that is where people look first.
hint-readme-template-beside = Delete { $file }, which is still the course's template: GitHub shows one README per folder.
hint-readme-short = { $characters } characters is short: say where the data comes from, what the application shows and which choices you made.
hint-readme-plain-text = Rename { $file } to README.md: GitHub will show titles, links and pictures.
hint-readme-no-headings = Add section titles so that readers find their way ("# Installation" in Markdown, a title underlined with "====" in reStructuredText).
hint-readme-no-screenshot = Add a screenshot of the application: it is what people look at first.
hint-readme-one-paragraph = It tells next to nothing: a few sentences between titles and commands help to understand.
hint-readme-broken-link = "{ $target }" leads to no file ({ $place }): check path and capitals.
hint-readme-warning = { $place }: { $text }

## Notebooks
notebooks-none = No notebook exercise can be compared with the course's.
notebooks-done = { $done } of { $total } exercise cells completed ({ $percent } %).
notebooks-errors =
    { $count ->
        [one] One of your cells has
       *[other] { $count } of your cells have
    } saved an error.
notebooks-continue = Exercises are left in: { $files }.
notebooks-one = { $file }: { $done } of { $total }.
notebooks-solution = { $file }: { $count ->
    [one] one cell is
   *[other] { $count } cells are
 } the course's own solution, which does not count as your work.
notebooks-out-of-order = { $file }: { $count ->
    [one] one cell was executed
   *[other] { $count } cells were executed
 } before a cell that stands above. “Restart kernel and run all” shows whether the notebook works from top to bottom.
notebooks-exercise-open = { $file }, cell { $cell }: to be completed (“{ $line }”).
notebooks-exercise-comments = { $file }, cell { $cell }: there are only comments so far (“{ $line }”).
notebooks-exercise-solution = { $file }, cell { $cell }: this is the course's solution; write an answer of your own (“{ $line }”).
notebooks-exercise-error = { $file }, cell { $cell }: the answer ends with an error (“{ $line }”).
notebooks-exercise-run = { $file }, cell { $cell }: execute the answer, then save the notebook (“{ $line }”).
notebooks-fetch = The course has new chapters that your fork lacks: { $files }. GitHub's “Sync fork” button brings them. This costs no points.
notebook-broken = { $file } cannot be read:
notebook-deleted = { $file } was deleted from your fork.

## Project
project-files = { $files } files, { $own } of them yours and { $code } of them code.
project-junk = These files are not part of the project (virtual environment, cache, driver, database): { $paths }. Take them out with "git rm -r --cached" and list them in .gitignore. This costs no points.
project-add-code = Add the application's code beside your documents, then push.
project-begin = Put your application into this folder: an app.py with "app = Flask(__name__)" is a good start.
project-create = Create the folder Evaluation/Projet, put your application there and push. If the project is in another repository, name it in .forkgrade.toml at the root: project = "you/project".
project-mend-gitlink = This folder is a git repository inside a git repository: on GitHub it is empty. Delete its .git folder, then "git rm --cached" with the folder, "git add" and push.
project-push = Push your work: the repository holds no file yet.
project-open-repository = Check the name in .forkgrade.toml, and that this repository is public (or that your teacher may read it).
project-more-files = Write at least { $least } files of code.
project-more-lines = The project has { $lines } lines of Python: aim for { $least }.
project-size = The project weighs { $mebibytes } MiB (at most { $most }).
project-large-files = The heaviest files: { $paths }.
project-slim = Take out of the repository what can be downloaded or computed again (raw data, models, videos): “git rm --cached”, then .gitignore. Keep a small sample.
project-clean = No virtual environment, cache, driver or database in the repository.
project-junk-found =
    { $count ->
        [one] One folder or file is
       *[other] { $count } folders or files are
    } no part of the project.
project-newer-python = { $place }: this way of writing needs Python { $python } or newer. Say so in requires-python (pyproject.toml), or write it differently. This costs no points.
project-no-python = No Python file to check.
project-parses =
    { $files ->
        [one] The Python file has
       *[other] The { $files } Python files have
    } no syntax error.
project-broken-files =
    { $count ->
        [one] One Python file has
       *[other] { $count } Python files have
    } a syntax error.
project-syntax-error = { $place }: { $error }
project-python2 = { $place }: this is Python 2 ({ $error }).
project-mend-syntax = Open each file at the given line. "python -m py_compile file.py" shows the same error at home.
project-no-secrets = No key or password in the files.
project-secrets = Keys or passwords are in the files: { $places }.
project-hide-secrets = Read them from the environment (os.environ), and change those that are already public: git's history keeps them.

## Stack
stack-missing = Nothing of what is expected was found in the code.
stack-uses-flask = Flask is used ({ $place }).
stack-uses-dash = Dash is used ({ $place }).
stack-uses-streamlit = Streamlit is used ({ $place }).
stack-uses-django = Django is used ({ $place }).
stack-uses-fastapi = FastAPI is used ({ $place }).
stack-uses-mongodb = MongoDB is used ({ $place }).
stack-uses-redis = Redis is used ({ $place }).
stack-uses-elasticsearch = Elasticsearch is used ({ $place }).
stack-uses-sql = An SQL database is used ({ $place }).
stack-uses-scraping = Web pages are scraped ({ $place }).
stack-uses-real-time-scraping = Scraping is started by the application or on a schedule ({ $place }).
stack-uses-scrapy = Scrapy is used ({ $place }).
stack-uses-selenium = Selenium is used ({ $place }).
stack-uses-charts = Charts are drawn ({ $place }).
stack-uses-search = A search is offered ({ $place }).
stack-uses-dockerfile = There is a Dockerfile ({ $place }).
stack-uses-compose = There is a Compose file ({ $place }).
stack-try-flask = Build the application with Flask: "app = Flask(__name__)", routes, then "app.run()".
stack-try-dash = Build the application with Dash: "app = Dash(__name__)", a layout, then "app.run()".
stack-try-streamlit = Build the application with Streamlit.
stack-try-django = Build the application with Django.
stack-try-fastapi = Build the application with FastAPI: "app = FastAPI()".
stack-try-mongodb = Keep your data in MongoDB: "MongoClient("mongo", 27017)" with pymongo.
stack-try-redis = Keep data in Redis: "redis.Redis(host="redis")".
stack-try-elasticsearch = Index your data in Elasticsearch, for the search for instance.
stack-try-sql = Keep your data in an SQL database.
stack-try-scraping = Fetch pages with requests and read them with BeautifulSoup, or write a Scrapy spider.
stack-try-real-time-scraping = Start the scraping from the application (a button, a route) or at intervals (APScheduler).
stack-try-scrapy = Write a spider with Scrapy.
stack-try-selenium = Drive a browser with Selenium.
stack-try-charts = Draw your data: plotly or matplotlib in Python, Chart.js in the page.
stack-try-search = Add a search field whose route reads "request.args".
stack-try-dockerfile = Write a Dockerfile: a python image, copy the code, pip install, the start command.
stack-try-compose = Write a docker-compose.yml with your application and its database.

## Running
run-not-executed = The project was not run here: this criterion is judged after your push.
run-no-program = There is no program to run.
run-add-program = Add a Python file that starts the application, app.py for instance, then push.
run-declare = Say how to run the project in a file .forkgrade.toml in the project's folder: command = "python app.py".
run-stand-in = { $service } was replaced by an equivalent that speaks the same protocol ({ $image }), because the real server is missing on this machine. If in doubt, talk to your teacher.
process-ended = { $file } ended normally after { $seconds } s.
process-failed = { $file } stopped with code { $code } after { $seconds } s.
process-kept-running = { $file } was still running after { $seconds } s.
process-too-long = { $file } was stopped after { $seconds } s: that is the time limit.
process-out-of-memory = { $file } used more memory than there is after { $seconds } s.
process-too-much-output = { $file } wrote far too much text and was stopped after { $seconds } s.
process-last-line = Last line: { $line }
installs-nothing = Nothing to install.
installs-done =
    { $count ->
        [one] One package installed.
       *[other] { $count } packages installed.
    }
installs-refused = The dependencies cannot be installed.
installs-mend = Try it at home in a fresh environment: "python -m venv test", then "pip install -r requirements.txt". Mend the names and versions that pip refuses.
installs-limit = The installation reached a limit of time, memory or space.
installs-fewer = Keep only what the project really imports in requirements.txt.
installs-relaxed = These lines had to be relaxed or left out so that the rest installs: { $lines }. This costs no points.
installs-built = { $file } is built.
installs-build-exited = { $file }, line { $line }: "{ $instruction }" ended with an error ({ $code }).
installs-build-time = { $file }, line { $line }: "{ $instruction }" took longer than a build may.
installs-build-memory = { $file }, line { $line }: "{ $instruction }" needed more memory than a build has.
installs-build-disk = { $file }, line { $line }: "{ $instruction }" wrote more than a build may.
installs-build-output = { $file }, line { $line }: "{ $instruction }" printed more than a build may.
installs-build-missing = { $file }, line { $line }: "{ $source }" is not among the files of the build.
installs-build-too-large = { $file }, line { $line }: "{ $instruction }" copies a project of { $mebibytes } MiB, more than is copied of one.
installs-build-refused = { $file }, line { $line }: "{ $what }" is refused.
installs-build-unusable = { $file }: the image that it makes cannot be started.
installs-build-unavailable = { $file } could not be built here: { $cause }
installs-build-mend = Build it at home with "docker build --no-cache .", and mend the line that fails. The project was started as the file reads, without its commands.
installs-build-ignore = Keep data, environments and archives out of the build: name them in .dockerignore, and leave large files out of the repository.
installs-build-read-only = { $folders }: more than a run may hold in its writable folders, so nothing can be written there. Keep data out of the image.
installs-on-python-of-year = The versions that you ask for have no packages for Python { $asked }: they run on Python { $python }, which is of their year. This costs no points; a Dockerfile or .python-version with that Python says so itself.
installs-write-requirements = Add a requirements.txt with what your project imports: then you are sure of what is installed. This costs no points.
starts-not-installed = The application could not start, because its dependencies do not install.
starts-crashed = The application stopped at its start.
starts-mend-crash = Read the last line of the error: it often names the missing file or module. A fresh clone of your repository has to start at home.
starts-never-listened = The application started, but listens on no port.
starts-listen = End the program with "app.run()", and move what takes long (collecting, filling) to a script of its own.
starts-listens = The application starts and listens (port { $ports }).
starts-show-data = The application answers, but shows no data yet: fill the database at the start, and show it on a page.
starts-ran = The program runs to its end.
answers-nothing-serves = No web application to ask.
answers-add-application = Add a Flask or Dash application that shows your data.
answers-pages =
    { $all ->
        [one] { $good } of one requested page answers.
       *[other] { $good } of { $all } requested pages answer.
    }
answers-status = { $path } answers { $status }.
answers-silence = { $path } does not answer ({ $error }).
answers-not-asked = { $path } was not asked for in this run: it will be in the next.
answers-without = { $path } answers, but “{ $text }” cannot be read there.
answers-mend = Open these pages at home: a 500 is explained on the console, a 404 by a missing route or template.
stores-items =
    { $count ->
        [one] One item stored
       *[other] { $count } items stored
    }: { $collections }.
stores-nothing = After the run, the databases were empty.
stores-silent = { $service } no longer answered at the end of the run.
stores-elsewhere = Nothing under { $wanted }; kept elsewhere: { $collections }.
stores-there = Keep your data under { $wanted }, as the course asks.
stores-more = Store at least { $least } items.
stores-bring-sample = During grading the internet cannot be reached: what has to be downloaded first cannot appear. Keep a sample in the repository (a CSV or JSON file) and load it when the database is empty.
stores-load-first = Fill the database at start, or in a script that the README tells to run before the application.
stores-use-database = Write your data into a database of the course: MongoDB, Redis or Elasticsearch.
stores-use-course-database = The course asks for MongoDB, Redis or Elasticsearch: an SQL database or a file is not looked at here.

## The network
answers-exception = Your application raised: { $line }
run-left-out = Too large for a run, so they were not there: { $files }. A smaller extract is enough for a demonstration.
network-closed = Your program asked for { $hosts }: during grading nothing outside can be reached.
network-not-allowed = Your program asked for { $hosts }, which this course does not let through.
network-not-here = Your program asked for { $hosts }: none of the services that run with it goes by that name.
network-method = Your program asked { $hosts } with a method that this course does not let through.
network-inside = Your program asked for { $hosts }, which leads to a private address: nobody may ask those.
network-upgrade = Your program wanted a WebSocket with { $hosts }: only requests and their answers are let through.
network-used-up = Your program asked more than a run may ({ $hosts } came last).
network-no-such-host = There is no host called { $host }.
network-unresolved = The name of { $host } could not be looked up.
network-unreachable = { $host } could not be reached.
network-certificate = The certificate of { $host } is not to be believed.
network-timed-out = { $host } took too long to answer.
network-broke-off = The answer of { $host } broke off.
network-too-large = An answer of { $host } is larger than a run may fetch.
network-status = { $host } was in trouble (status { $status }).
network-recording = What { $host } once answered could not be read: that is our failure.
network-not-yours = That is the network's or the site's doing, and not yours. Such a run is not kept for others; talk to your teacher, who can have it repeated.
stores-ask-for-hosts = Ask your teacher to let these hosts through, or keep a sample in the repository (a CSV or JSON file) and load it when the database is empty.

## History
history-unknown = The history is read after your push.
history-commits =
    { $commits ->
        [one] One commit
       *[other] { $commits } commits
    } of your own, on { $days ->
        [one] one day
       *[other] { $days } days
    }, by { $authors ->
        [one] one person
       *[other] { $authors } people
    }.
history-late = The service learnt of this push after the deadline.
history-push-early = Push before the deadline: what counts is when the push arrives, not the commit's date.
history-span =
    { $hours ->
        [one] { $hours } hour
       *[other] { $hours } hours
    } between your first commit and your last.
history-begin-earlier = Spread the work: at least { $hours } hours between the first commit and the last.
history-everybody-commits = At least { $authors } people must have committed. Each does so from an account of their own, or the other one is named by a line “Co-authored-by: Name <address>” at the end of the message.
history-behind =
    { $commits ->
        [one] Your fork lacks one commit
       *[other] Your fork lacks { $commits } commits
    } of the course.
history-sync = Bring your fork up to date: the “Sync fork” button on GitHub, then “git pull” at home.
history-commit-more = Commit at every step: at least { $commits }, spread over { $days } days or more.

# On the commit, at GitHub
commit-received = Received. Feedback comes when the teacher publishes it.
commit-received-until = Received. Feedback comes from { $when } on.
commit-left = { $n ->
    [0] Nothing left to improve
    [one] One thing to improve
   *[other] { $n } things to improve
}

score-override = By hand, { $en }: { $points } instead of { $check } (“{ $reason }”).
score-extended = The deadline was extended to { $until }.
commit-by-hand = Corrected by a teacher.

moved-inspection = The files were read again, and something else was found in them.
moved-execution = The project was run again, and something else was seen.
moved-judges = The teacher’s own tests ran again, and they say something else.
moved-rubric = The rubric changed.
moved-program = forkgrade was upgraded from { $from } to { $to }.
moved-scale = The scale changed from { $from } to { $to }.
moved-override-set = A teacher gave points by hand: { $en }.
moved-override-changed = A teacher gave other points by hand: { $en }.
moved-override-undone = Points given by hand were taken back, and the check’s own count again: { $en }.
moved-override-hidden = A teacher changed points of criteria judged without detail.
moved-extension-given = The deadline was extended to { $until }.
moved-extension-taken = The extension was taken back: the deadline is { $until }.
moved-deadline = The course’s deadline, or what lateness costs, changed.
moved-received = The version was pushed again, and counts from { $at } on.
moved-record = Another version counts now: { $commit }.
