# The pages: navigation, dashboard, a fork from near, the student's page, errors.

skip = Skip to content
languages = Language
sign-out = Sign out
sign-out-everywhere = Sign out everywhere
sign-out-everywhere-why = Ends every session of yours, on every device
moment-yesterday = yesterday
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

## Coming in

signin-title = Hello
signin-lead = This page shows the work handed in and what was seen of it. It opens with a personal link.
signin-lead-github = This page shows the work handed in and what was seen of it.
signin-github = Sign in with GitHub
signin-github-how = For owners of a fork, for whoever is on the class list, and for teachers. Only your public profile is read, once; nothing is kept of GitHub’s permission.
signin-no-github = Signing in with GitHub is not set up here: links are the way in.
signin-student = You are a student
signin-student-how = Open the personal link that your teacher sent you. Lost it? Ask for a new one: the old one will stop working.
signin-teacher = You are a teacher
signin-teacher-how = Open the link that “forkgrade serve” printed in the terminal when it started. It works once; a restart prints a new one.
link-title = Personal link
link-for = Personal link of { $n }
link-once = Copy it now: it will never be shown again.
link-replaces = The previous link, if there was one, no longer works.
link-make = Make a link
link-renew = Renew the link

## Errors: what happened, then what to do

error-home = Back to the start
error-id = Reference for whoever runs this service:
error-not-found = There is no such page
error-not-found-next = Check the address, or begin again from the start.
error-sign-in = Please sign in first
error-sign-in-next = Open your personal link or, for teachers, the link that the service printed when it started. A session lasts fourteen days.
error-teachers-only = This page is for teachers
error-teachers-only-next = Your own feedback is on your start page.
error-students-only = This page is a student’s own
error-students-only-next = The dashboard shows the same, fork by fork.
error-link-spent = This link no longer works
error-link-spent-next = It was used, has expired or was replaced. Students: ask your teacher for a new link. Teachers: restart “forkgrade serve”, which prints a new one.
error-too-often = A moment, please
error-too-often-next = You, or somebody at your address, asked for very many pages in a short time. Nothing is lost: wait a few seconds and reload.
error-misdirected = This service goes by another name
error-misdirected-next = Use the address that your teacher gave you. Whoever runs this service: FORKGRADE_PUBLIC_URL is { $n }; set it to the address that people use, and name a proxy before it in FORKGRADE_TRUSTED_PROXIES.
error-cross-site = This request does not come from our pages
error-cross-site-next = It was refused for safety. Go back to the start and try again from the page itself.
error-sign-in-spent = This sign-in is over
error-sign-in-spent-next = It was begun in another browser or tab, was finished already, or took too long. Go back to the start and sign in once more.
error-sign-in-denied = GitHub did not say who you are
error-sign-in-denied-next = You declined, or GitHub did. Go back to the start to sign in after all, or open your personal link.
error-sign-in-refused = GitHub refused this sign-in
error-sign-in-refused-next = Go back to the start and sign in once more. If it happens again, whoever runs this service should check GITHUB_OAUTH_CLIENT_ID and GITHUB_OAUTH_CLIENT_SECRET.
error-stranger = “{ $n }” is not known in this course
error-stranger-next = Students: fork the course repository on GitHub with this account and try again in a few minutes, or ask your teacher to put this login on the class list. Teachers: add it to “teachers” in course.toml.
error-github-away = GitHub does not answer
error-github-away-next = Try again in a minute, or open your personal link, which works without GitHub.
error-bad-request = This request was not understood
error-bad-request-next = Go back to the start and try again.
error-too-large = This is too large
error-too-large-next = Send less at a time.
error-unsupported-type = This format is not accepted
error-unsupported-type-next = Choose “application/json” as the content type.
error-no-webhook-secret = Webhooks are not set up
error-no-webhook-secret-next = Set GITHUB_WEBHOOK_SECRET, restart the service, then ask GitHub to deliver this event again.
error-bad-signature = The signature does not fit
error-bad-signature-next = Give the webhook the same secret as in GITHUB_WEBHOOK_SECRET.
error-unavailable = The service is away for a moment
error-unavailable-next = Reload the page in a minute. Nothing is lost: whatever was pushed will be graded.
error-internal = Something went wrong on our side
error-internal-next = It is not your fault and costs no points. Reload the page; if it happens again, pass on the reference below.

## Dashboard

dashboard-forks = { $n ->
    [one] { $n } fork
   *[other] { $n } forks
 }
dashboard-deadline = due: { $n }
dashboard-swept = GitHub asked: { $n }
dashboard-never-swept = GitHub not asked yet
dashboard-delivery = last webhook: { $n }
sweep-waits = GitHub’s limit of requests is used up until { $n }: pushes without a webhook are found after that. A GITHUB_TOKEN, or a GitHub App, has a limit of its own.
sweep-trouble = The last look at GitHub failed; another try follows.
publication-show = Publish the results
publication-hide = Hide the results
links-make = { $n ->
    [one] Make the missing link (CSV)
   *[other] Make the { $n } missing links (CSV)
 }
links-make-why = Downloads a file with a personal link for every student who has none
show-all = All
show-handed-in = handed in
show-runs = run
show-shows-data = show data
show-nothing = handed in nothing
show-ours = ours to mend
show-late = late
show-pending = in progress
queue-title = Live
queue-empty = Nothing in progress: everything pushed is graded.
queue-waits = waiting
queue-again = another try
queue-more = { $n ->
    [one] and { $n } more waiting
   *[other] and { $n } more waiting
 }
changes-title = Latest changes
changes-none = No grades yet.
histogram-title = Distribution of grades
histogram-none = No grade to show yet.
histogram-median = median { $n }
histogram-mean = mean { $n }
histogram-count = { $n ->
    [one] { $n } project handed in
   *[other] { $n } projects handed in
 }
list-title = All forks
list-caption = One fork per row; the column headings sort the table.
list-count = { $n ->
    [0] no fork
    [one] { $n } fork
   *[other] { $n } forks
 }
list-no-forks = No forks yet. As soon as a student forks the course repository, the fork appears here.
list-nothing-found = No fork matches.
list-show-all = Show all
views = View
view-forks = Forks
view-criteria = Criteria
search-label = Search
search-placeholder = Name, login or repository
search-go = Search
filter-label = Filter
column-name = Student
column-fork = Fork
column-project = Handed in
column-verdict = Seen when run
column-total = Grade
column-bonus = Bonus
column-late = Late
column-push = Last push
column-run = State
heat-caption = One fork per row, one criterion per column; the first row gives the share of points that the class reached, in percent.
heat-class = Class, in %
fork-archived = archived
run-place = waiting, no. { $n }
run-ours = ours to mend
run-newer = graded, newer version
run-done = graded
run-not-counted = not graded yet

## Progress

progress-place = { $n ->
    [1] Next in line
   *[other] Waiting: number { $n } in line
 }
progress-again = Another try in a moment
progress-waits = Waiting
progress-commit = asked for: { $n }

## A fork from near

back-to-forks = All forks
fork-branch = branch { $n }
fork-project-repository = project in { $n }
fork-no-submission = Nothing was pushed to this fork since the service knows it.
fork-no-score = This version has no grade yet.
run-again = Run again
run-again-why = Runs this version even where an identical result is known
ours-fork = This fork could not be fetched, and that is ours to mend.
ours-run = { $n ->
    [one] The run failed on our side.
   *[other] The run failed { $n } times on our side.
 }
ours-costs-nothing = It costs no points. “Run again” tries once more, when the cause is mended.
findings-title = Criteria
finding-bonus = bonus
sum-base = Base
sum-bonus = Bonus
sum-late = Late
fork-title = What was handed in
fork-state = State
fork-folder = Folder
fork-files = Files
fork-files-own = own
notes-title = What became of the fork
fork-refused = Refused
fork-too-large = Too large
fork-secret = Secret in the code
fork-commits = Own commits
fork-days = { $n ->
    [one] on { $n } day
   *[other] on { $n } days
 }
fork-authors = Authors
plan-title = How the project is started
plan-port = port
plan-refused = Dependency lines left out:
step-load = loads
step-beside = runs beside
step-serve = serves
origin-project = dependencies of { $n }
origin-course = dependencies of the course ({ $n })
origin-imports = dependencies guessed from the code
origin-none = no dependencies
seen-title = What was seen
seen-ports = ports
pages-title = Pages seen
pages-path = Address
pages-status = Answer
pages-name = Title and beginning of the text
pages-data = Elements
pages-size = Size
pages-time = Time
pages-no-answer = none
selenium-absent = The project wants to drive a browser, and this machine has none for it.
screenshots-title = Screenshots
screenshots-no-browser = No screenshots: this machine has no browser image (scripts/images browser makes it).
screenshot-alt = Screenshot of { $path }: “{ $title }”, answer { $status }
screenshot-text = { $n ->
    [one] { $n } visible character
   *[other] { $n } visible characters
 }
screenshot-data = { $n ->
    [one] { $n } element
   *[other] { $n } elements
 }
screenshot-dialogs = { $n ->
    [one] one pop-up message closed
   *[other] { $n } pop-up messages closed
 }
screenshot-not-found = The page asks for { $path } and does not get it ({ $reason }).
screenshot-outside = Not loaded, since a run does not reach it: { $n }
screenshot-console = { $n ->
    [one] One error in the browser’s console
   *[other] { $n } errors in the browser’s console
 }
screenshot-console-more = … and { $n } more
screenshot-not-loaded = No picture: the browser could not load the page ({ $n }).
screenshot-leads-out = No picture: the page sends its visitors to { $n }, which a run does not reach.
screenshot-download = No picture: this address is a file to save and not a page.
screenshot-crashed = No picture: the page takes more memory than a browser has here.
screenshot-never-rests = No picture: the page’s scripts never let the browser rest.
screenshot-no-picture = No picture: what the browser made of this page is none.
screenshot-browser-ended = No picture: what came before was too much for the browser.
seen-listening-after = listens after { $n }
feedback-listening-after = Your application was ready { $n } after its start.
process-cpu = { $n } of processor
gallery-title = Gallery
gallery-all = All
gallery-data = Show data
gallery-empty = Empty
gallery-not-started = Do not start
gallery-nothing = No project is like this.
gallery-no-picture = No picture
gallery-alt = First page: “{ $n }”
database-silent = no longer answers
database-items = { $n } items
database-nothing = The databases stayed empty.
stand-in = “{ $n }” is a stand-in here that speaks the same protocol: the real server cannot be had on this machine.
stand-in-tag = stand-in
build-log = Build of
build-built = built
build-failed = failed
build-unavailable = not possible here
build-cached = found ready
install-log = Installation
install-nothing = nothing to install
install-installed = succeeded
install-refused = refused
install-limit-struck = limit reached
installed-packages = { $n ->
    [one] { $n } package installed
   *[other] { $n } packages installed
 }
installed-cached = ready beforehand
end-exited = ended, code { $n }
end-stopped = ran to the end
end-limit-wall-time = out of time
end-limit-memory = out of memory
end-limit-output = too much output
out-of-memory = out of memory
log-dropped = … { $n } left out …
images-title = Images used
provenance-title = Provenance
provenance-why = The grade follows from this alone; the same values give the same grade on every machine.
provenance-commit = Commit
provenance-project-commit = Commit of the project repository
provenance-tree = Project tree
provenance-rubric = Rubric
provenance-inspection = Facts, reading
provenance-execution = Facts, execution
provenance-program = Program
provenance-current = in force
submissions-title = Versions received
of-record = of record
of-record-student = this is the version that counts
runs-title = Runs
run-reused = result reused
run-forced = forced
run-attempts = { $n } attempts
students-title = Students
students-none = Nobody is tied to this fork.

## The student's page

feedback-title = My feedback
feedback-hello = Hello { $n }
feedback-no-fork = We do not know a fork of yours yet. This is how to begin:
feedback-nothing-yet = Your fork is known, but nothing was pushed to it yet. This comes next:
feedback-received = Version received:
feedback-received-at = on
feedback-not-graded = This version is not graded yet. The page will update by itself.
feedback-late = Handed in late: points taken off, already counted in the grade: { $n }.
feedback-next = What to do next
feedback-all-passed = Everything passed, well done
feedback-passed = { $n ->
    [one] Passed: { $n } criterion
   *[other] Passed: { $n } criteria
 }
feedback-skipped = Not judged this time
feedback-seen = What your application did
feedback-plan = How we started it
feedback-data = Data found at the end
feedback-logs = Logs
ours-student = A problem on our side keeps your last push from being graded.
ours-student-more = There is nothing for you to do, and it costs no points. Your teacher knows.
hidden-title = Received
hidden-until = Your work is recorded. The detailed feedback will be visible from { $n } on.
hidden-until-published = Your work is recorded. The detailed feedback will be visible when your teacher publishes it.
home-title = Check at home before you push
home-how = The same checks, without running anything and without a database, in your working copy:
start-fork = Fork { $n } on GitHub.
start-work = Put your application into the project folder, with its file of dependencies.
start-readme = Fill in the README: what the application is for, how to install it, how to start it.
start-push = Push. A minute later, this page tells you what was seen and what to improve.
tale-install-failed = Your dependencies could not be installed, so the application did not start.
tale-crashed-at-start = Your application stopped at its start.
tale-never-listened = Your application started, but no port ever answered.
tale-answers-errors = Your application listens, but answers nothing but errors.
tale-ran-empty = Your scripts ran to their end, without storing or serving anything.
tale-ran-and-stored = Your scripts ran to their end and filled a database.
tale-starts-empty = Your application starts and answers, but shows no data yet.
tale-shows-data = Your application starts, answers and shows data.
tale-project-submitted = Your project was read; it was not run.
tale-project-documents-only = There are documents, but no program to start.
tale-project-template = The project folder is still the template of the course.
tale-project-missing = No project was found in your fork.
tale-project-gitlink = The project folder is a nested repository: on GitHub it is empty.
tale-project-empty-repository = Your fork holds no file.
tale-project-elsewhere-unreadable = The separate repository that you named could not be read.

## What forks share
similarity-title = Similarity
similarity-why = Passages that two forks share and do not have from the course, renamed or not: code, notebooks, READMEs. What everybody writes is not counted. A sign to look at, which changes no grade.
similarity-never = Forks are compared as soon as the queue is empty.
similarity-compared = { $n } forks compared
similarity-missing = { $n } not fetched yet
similarity-none = No passage is shared.
similarity-forks = Forks
similarity-percent = Shared
similarity-tokens = Tokens
similarity-passages = Passages
similarity-partners = partners
similarity-shared = { $n } % of the smaller one
similarity-in-tokens = { $n } tokens
similarity-in-passages =
    { $n ->
        [one] One passage
       *[other] { $n } passages
    }

# The class list.
roster-title = Class list
roster-link = Class list
roster-listed =
    { $n ->
        [0] Nobody on the list yet
        [one] One student on the list
       *[other] { $n } students on the list
    }
roster-strays =
    { $n ->
        [one] One fork of nobody on the list
       *[other] { $n } forks of nobody on the list
    }
roster-without-fork =
    { $n ->
        [one] One student without a fork
       *[other] { $n } students without a fork
    }
roster-import-title = Import a list
roster-import-why = A CSV file with a column of GitHub logins; names, e-mail addresses and groups are taken where there are any. Moodle’s export is read as it comes. You see what would change before anything does.
roster-file = The class list
roster-look = Show what would change
roster-preview-title = What would change
roster-moved = The class has changed since you looked. This is what the list would change now.
roster-new = { $n } new
roster-changed = { $n } changed
roster-unchanged = { $n } unchanged
roster-gone = { $n } no longer listed
roster-no-login = { $n } without a login
roster-gone-why = On an earlier list and not on this one: stays, with everything handed in.
roster-no-login-why = Without a GitHub login: stays on the list until it is known.
roster-nothing = The class is just as this list says.
roster-import = Import
roster-field-login = login
roster-field-name = name
roster-field-email = e-mail
roster-field-group = group
roster-field-listed = now on the list
roster-mistakes-title = This list cannot be imported
roster-mistakes-why = Nothing was changed. Mend these lines and send the file again.
roster-line = Line { $n }
roster-too-large = The file is larger than { $mib } MiB: this is no class list.
roster-empty = The file is empty.
roster-unreadable = The columns cannot be told apart from here on: look for a quotation mark that is never closed.
roster-no-login-column = Neither a column of GitHub logins (name one “GitHub” or “login”) nor names with e-mail addresses. Found: { $found }
roster-nobody = The list names nobody.
roster-bad-login = Column { $column }: “{ $login }” is no GitHub login: letters, digits and dashes, or the address of the profile.
roster-twice = { $what } stands on line { $line } already: a login belongs to one student. Partners on one fork have a login each, and the same group.
roster-strays-title = Forks of nobody on the list
roster-strays-why = Their owners are graded under their GitHub login. Say whose each is, or import a list that names them.
roster-student = Student
roster-choose = Choose a student…
roster-attach = Attach
roster-detach = Detach
roster-without-title = Students without a fork
roster-without-why = They have not forked the course, or the login in the list is not the one they use: mend it in the list and import it again. Partners of a group share the fork of whoever has one.

instant-title = Be graded as you push
instant-why = Do nothing, and a push is seen within { $n } minutes. What follows makes it seen at once. It neither gives nor costs a point.
instant-back = Back to your feedback
instant-app = Install the app { $n }
instant-app-why = The easiest. GitHub tells of every push, and feedback appears on the commit too.
instant-app-open = Open
instant-app-choose = Choose “Only select repositories”, then { $n } and no other.
instant-app-install = Click “Install”. Your next push is seen at once.
instant-hook = Add a webhook to your fork
instant-hook-why = GitHub tells of every push; there is no app to install.
instant-hook-open = In your fork, “Settings”, “Webhooks”, “Add webhook”:
instant-hook-events = Leave “Just the push event” and “Active” ticked, then “Add webhook”.
instant-hook-check = GitHub shows a green tick beside the address: the answer is “pong”. A red cross? Open the delivery: the answer says what is missing.
instant-hook-secret = This secret is good for your fork alone. Keep it out of your code.
instant-nothing = Do nothing
instant-nothing-why = Every fork is looked at every { $n } minutes: no push is forgotten, and what counts is when it was seen.
feedback-instant = Be graded as you push, without waiting for the next look
link-revoke = Take the link away
roster-bad-email = Column { $column }: “{ $email }” is no e-mail address.
roster-email-twice = { $what } stands on line { $line } already: two students do not share an address.
roster-unclosed = A quotation mark opens here and is not closed: the lines that follow would be swallowed. Close it, or take it out.
roster-spreadsheet = This is a workbook (xlsx, ods or xls). In the spreadsheet program, “Save as”, choose CSV (UTF-8), and send that file.
roster-two-login-columns = Two columns hold GitHub logins: “{ $one }” and “{ $other }”. Keep one of them.
roster-export = Export as CSV
roster-last-import = Last import:
roster-shares = shares the fork { $n } of their group
roster-awaited-title = Students whose login is missing
roster-awaited-why = A list names them without a GitHub login. Write it here, or import a list that has it.
roster-login = GitHub login
roster-login-save = Save
roster-unlist = Take off the list
roster-list-title = The list

hidden-criteria = Criteria judged without detail:
sums-title = How this grade is computed
finding-hidden = hidden from students

## The audit log
audit-title = Audit log
audit-why = Everything that touched a grade, newest first. Nothing here can be changed.
audit-link = Audit log
audit-of-fork = Everything that touched this grade
audit-export = Export as CSV
audit-fork = Fork
audit-every-fork = every fork
audit-person = Login or name
audit-action = What was done
audit-every-action = everything
audit-nothing = Nobody has touched a grade yet.
audit-nothing-found = Nothing of the kind was done.
audit-newest = ← Newest
audit-older = Older →
audit-to = becomes
audit-field-points = points
audit-field-total = grade
audit-field-until = deadline
audit-field-grace = grace, in minutes
audit-field-penalty = penalty a day
audit-field-late-days = late days
audit-field-visibility = visibility
audit-field-scale = scale
audit-action-rules-changed = Deadline or visibility changed
audit-field-rubric = rubric
audit-field-scores = versions
audit-field-totals = grades moved
audit-field-which = which
audit-field-runs = runs
audit-field-login = login
audit-field-name = name
audit-field-forks = forks
audit-action-override-set = Points given by hand
audit-action-override-undone = Points by hand undone
audit-action-extension-given = Deadline extended
audit-action-extension-taken = Extension taken back
audit-action-published = Results published
audit-action-unpublished = Results hidden
audit-action-rubric-applied = Rubric applied
audit-action-rescored = Class scored again
audit-action-run-forced = Run again
audit-action-attached = Student attached
audit-action-detached = Student detached
audit-action-unlisted = Student taken off the list
audit-action-login-mended = Login mended
actor-teacher = a teacher, by link
actor-course-file = course.toml
actor-command = command line
quoted = “{ $n }”

## Recordings
recordings-title = Network
recordings-why = What hosts answered to the programs of this course. Where the course records, every question is asked once, and later runs of everybody get the same answer.
recordings-none = Nothing is recorded.
recordings-allow = programs may ask
recordings-assets = screenshots may load from
recordings-held = { $n } answers
recordings-host = Host
recordings-answers = Answers
recordings-size = Size
recordings-oldest = Oldest
recordings-newest = Newest
recordings-request = Request
recordings-when = Recorded
recordings-by = by
recordings-forget = Forget
recordings-forget-why = What is forgotten is asked anew by the next run that needs it. Runs that are over keep their facts and scores; "Run again" on a fork's page looks anew.
recordings-headers = Headers
recordings-address = Content
recordings-body = Answer
recordings-no-text = This answer is no text.
egress-none = nothing leaves the sandbox
egress-allow-list = named hosts answer
egress-record-replay = named hosts are recorded
network-title = Network
network-requests = Requests that left the sandbox
network-refused-title = Not let through
network-by-browser = screenshot
network-end = Came to
network-passed = { $n } answered
network-recorded = { $n } recorded
network-replayed = { $n } from recordings
network-failed = { $n } failed
network-beyond = { $n } more requests were counted.
network-set = Recordings since { $n }:
refusal-not-allowed = is not named by the course
refusal-not-here = is no service of this run
refusal-method = was asked with a method that does not pass
refusal-inside = leads to a private address
refusal-at-odds = was asked under two names at once
refusal-upgrade = was asked for a WebSocket
refusal-too-large = was sent too much
refusal-used-up = was asked beyond what a run may
refusal-malformed = was sent something that is no request
exchange-passed = answered
exchange-recorded = answered, recorded
exchange-replayed = from the recording
exchange-refused = not let through
exchange-failed = failed

## README
readme-title = README
readme-words = { $n } words
readme-all-of-it = The text of the README
readme-kind-template = the course's template
readme-kind-text = plain text
readme-kind-office = office document
readme-others-title = Other documents ({ $n })
readme-complaints-title = What the reader of reStructuredText reports ({ $n })
readme-line = line { $n }
readme-image-at = picture from outside, at
readme-image-nowhere = picture that is not in the repository
readme-view-template = This README is still the course's template.
readme-view-too-large = This README is too large to be shown here.
readme-view-too-much = This README cannot be shown here.
readme-view-unreadable = This document cannot be read here.
readme-view-at-github = The text can be read at GitHub.
place-open = Open { $n } at GitHub
## What was read

code-title = What the code does
code-technologies = Uses
code-routes = Routes
code-clients = Connects to
code-collections = Collections, indices, keys
notebooks-title = Chapter notebooks
notebook-chapter = Chapter of the course: { $n }
cell-number = Cell
cell-state = State
cell-line = First line
cell-error = error
cell-unrun = not executed
fork-commits-of = { $n ->
    [one] { $n } commit
   *[other] { $n } commits
 }
fork-commits-with = co-author of { $n }
fork-author-unknown = not of this fork
fork-behind = Behind the course
fork-behind-by = { $n ->
    [0] up to date
    [one] { $n } commit
   *[other] { $n } commits
 }
cell-completed = answered
cell-open = to do
cell-comments-only = comments only
cell-solution = the course’s solution
cell-added = added
## What teachers decide
show-stale = to look at again
dashboard-stale = { $n ->
    [one] Points given by hand that the facts have left behind: one fork
   *[other] Points given by hand that the facts have left behind: { $n } forks
}
override-tag = corrected by a teacher
override-stale-tag = out of date
override-stale-why = The check says something else now than when these points were given. They count until you give others or undo them.
override-check-gave = The check gave { $n }.
override-open = Correct
override-again = Correct again, or undo
override-points = Points, of { $n }
override-reason = Reason, for the student
override-save = Save
override-undo = Undo
override-without-effect = Points by hand without effect: the rubric no longer holds these criteria
points-unreadable = That is no number of points: write 2, 1.5 or 0.25.
points-out-of-range = Give between { $min } and { $max }: this is what the criterion can give or take.
reason-missing = Say why: the student reads it, and so does whoever asks later.
reason-too-long = A reason of more than { $n } characters is not read.
extension-tag = more time
extension-open = Extend the deadline
extension-until = Has until { $n }
extension-date = New deadline ({ $n })
extension-reason = Reason, for the log
extension-remove = Take back
extension-without-effect = without effect: the course’s own deadline is not earlier
extension-nothing-due = The course has no deadline: there is nothing to extend.
extension-not-later = The course’s own deadline is { $due }: choose a later moment.
moment-unreadable = That is no date and time.

## What moved a grade
steps-title = How this grade came to be
steps-first = The first grade of this version.
changed-title = What changed in your grade
changed-grade = Your grade changed on { $at } from { $before } to { $after }:
changed-points = Points of yours changed on { $at }; the grade stays { $after }:
moved-hidden = Criteria judged without detail
