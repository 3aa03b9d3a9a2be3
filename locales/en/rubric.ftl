### The rubric: how points count, and the page that shows and changes it.

## How a criterion counts
share-all-or-nothing = This criterion counts all or nothing, and only a part of it is met.
share-step = { $percent } % of what is asked gives { $share } % of the points; from { $next } % on, it is { $more } %.
finding-penalty = penalty
sum-penalty = Penalties

## The arithmetic of a score
score-group-capped = "{ $en }": { $earned } points earned, { $most } count at most.
score-penalty = Penalties: - { $points }.
score-floored = { $exact } is below zero: the score stops at 0.
score-rounded-down = { $exact } is rounded to the multiple of { $step } just below.
score-rounded-up = { $exact } is rounded to the multiple of { $step } just above.

## What a criterion asks for
asks-readme-present = A README that is no longer the template.
asks-readme-content = A README of at least { $least } characters, with headings.
asks-readme-how-to-run = A README that says how to install and run the project.
asks-readme-technical = Technical documentation: architecture, choices, code.
asks-readme-functional = Functional documentation: what the application offers.
asks-notebooks = { $percent } % of the exercise cells of all chapters, completed.
asks-notebooks-in = { $percent } % of the exercise cells of { $chapters }, completed.
asks-project-submitted = A project that is no longer the template.
asks-project-parses = No Python file with a syntax error.
asks-project-no-secrets = No key and no password in the code.
asks-stack = The code uses:
asks-stack-any = The code uses one of:
asks-installs = The dependencies install.
asks-starts = The application starts and listens, or its scripts run to their end.
asks-answers =
    { $least ->
        [one] One page answers.
       *[other] { $least } pages answer.
    }
asks-stores =
    { $least ->
        [one] The databases hold at least one document.
       *[other] The databases hold at least { $least } documents.
    }
asks-history = At least { $commits } commits of one's own, on at least { $days } days.
asks-readme-in-french = In French.
asks-readme-in-english = In English.
asks-readme-sections = A README with these sections: { $names }.
asks-readme-renders = A README that is shown whole, without errors of markup.
asks-notebooks-executed = What was not executed does not count.
asks-notebooks-without-errors = What ends in an error does not count.
asks-project-files = With at least { $least } files of code.
asks-project-lines = With at least { $least } lines of Python.
asks-project-size = A project of at most { $most } MiB.
asks-project-clean = No virtual environment, cache, driver or database files committed.
asks-starts-answers = The application starts, and a page answers.
asks-starts-data = The application starts, and shows or stores data.
asks-answers-at = The page { $path } answers.
asks-answers-status = With the status { $status }.
asks-answers-text = A page shows “{ $text }”.
asks-stores-in = Counted in { $service } alone.
asks-stores-under = Counted under { $collection } alone.
asks-history-hours = At least { $hours } hours between the first and the last.
asks-history-authors = By at least { $authors } people.
asks-history-behind = At most { $behind } commits behind the course.
asks-history-in-time = Received before the deadline.
asks-tests = The tests of the suite { $suite } pass.
asks-tests-unfinished = A suite that comes to no end gives nothing.
asks-command = The points that the command { $command } gives.
asks-only = Counted: { $tests }.
counts-all-or-nothing = All or nothing.
counts-step = From { $at } %: { $share } % of the points.

## The page
rubric-title = Rubric
rubric-link = Rubric
rubric-toml = Section for course.toml
rubric-count =
    { $n ->
        [one] One criterion
       *[other] { $n } criteria
    }
rubric-base = { $n } base points
rubric-bonus = { $n } of bonus
rubric-penalty = up to { $n } of penalties
rubric-since = in force since: { $n }
rubric-in-force = in force
rubric-no-group = Without a group
rubric-group-cap = at most { $n } points
rubric-column-criterion = Criterion
rubric-column-asked = What is asked
rubric-column-points = Points
rubric-needs = Only if met: { $n }.
rubric-counting-title = How points become a score
rubric-counting-criterion = Each criterion counts to a hundredth of a point, halves upwards. What is done in part gives a part of the points, unless it says otherwise.
rubric-counting-caps = Under a heading with a cap, base points count first, then bonus points up to the cap; a penalty comes off what then counts.
rubric-counting-scale = The sum is scaled once to { $n }, to the hundredth: base points make up the scale, bonus points come on top, penalties come off.
rubric-counting-late = What lateness costs comes off next.
rubric-counting-half-up = The total is rounded once, at the end, to the nearest multiple of { $n }, halves upwards.
rubric-counting-down = The total is rounded once, at the end, to the multiple of { $n } just below.
rubric-counting-up = The total is rounded once, at the end, to the multiple of { $n } just above.
rubric-counting-exact = The total stays at its hundredths.
rubric-counting-bounds = The score stays between 0 and { $n }.
rubric-edit-title = Change the rubric
rubric-edit-why = This is the [rubric] section of course.toml. Nothing is applied before you have seen what it changes for the class.
rubric-edit-label = Section [rubric], in TOML
rubric-look = See what this would change
rubric-mistakes =
    { $n ->
        [one] One mistake in this rubric
       *[other] { $n } mistakes in this rubric
    }
rubric-mistakes-why = Nothing was changed. Your text is below, just as you wrote it.
rubric-line = Line { $n }
rubric-file-differs = The rubric of course.toml is not the one in force.
rubric-file-why = What is applied here stays in force as long as the file does not change. To make them agree, replace its [rubric] section by the one from here.
rubric-file-look = See what course.toml would give
rubric-preview-title = What this rubric would change
rubric-same = This is the rubric in force: no score moves by it.
rubric-moved = The class or the rubric in force changed since your look. Here is what it would change now.
rubric-up =
    { $n ->
        [one] score goes up
       *[other] scores go up
    }
rubric-down =
    { $n ->
        [one] score goes down
       *[other] scores go down
    }
rubric-unmoved =
    { $n ->
        [one] does not move
       *[other] do not move
    }
rubric-unreadable =
    { $n ->
        [one] One score is kept as it is: its facts were written by another version. Run it again.
       *[other] { $n } scores are kept as they are: their facts were written by another version. Run them again.
    }
rubric-before = Before
rubric-after = After
rubric-causes-title = Which criteria move somebody
rubric-column-up = Up
rubric-column-down = Down
rubric-column-sum = Altogether
rubric-movers-title = Who moves, the most first
rubric-column-who = Students
rubric-column-difference = Difference
rubric-column-why = By what
rubric-why-scale = another sum of the rubric
rubric-why-rest = cap, lateness, rounding
rubric-why-submission = another version counts
rubric-text-title = What changes in the text
rubric-reason = Why this change (for the history)
rubric-apply = Apply
rubric-apply-why =
    { $n ->
        [0] All at once, and nothing is run. No score is stored anew.
        [one] All at once, and nothing is run: one score is stored anew, the one before stays beside it.
       *[other] All at once, and nothing is run: { $n } scores are stored anew, those before stay beside them.
    }
rubric-history-title = Versions
rubric-version-title = Version
rubric-difference-title = What differs from the version of { $n }
rubric-compare-with = Compare with
rubric-compare = Compare
rubric-no-difference = Both say the same.
rubric-go-back = Go back to this version
rubric-go-back-why = Shows first what it would change for the class.

## Running again
reruns-title = Run again
reruns-link = Run again
reruns-why = A new run observes the project anew and scores what it sees by the rubric in force. The score of before stays beside the new one, and the fork’s page says what moved it. A changed rubric alone needs no run.
reruns-whom = Whom
reruns-criteria = Only what a criterion touches
reruns-no-criteria = Nothing that a criterion of the rubric in force reads would be observed otherwise by now.
reruns-column-what = What is run again
reruns-column-run = Run
reruns-run =
    { $n ->
        [0] Nothing to run
        [one] Run one version
       *[other] Run { $n } versions
    }
rerun-all = Everybody
rerun-all-why = Of every fork the version that counts and the newest one, whether or not it was run before.
rerun-of-record = The versions that count
rerun-of-record-why = Of every fork the version whose score counts, whether or not it was run before.
rerun-failed = Those that failed through us
rerun-failed-why = Where the last run came to nothing by our own fault. It costs nobody a point.
rerun-not-started = Those that did not start
rerun-not-started-why = The version that counts, where nothing was installed, it crashed at its start, or nothing listened.
rerun-criterion = What “{ $n }” reads
rerun-criterion-why = What it reads was observed by an earlier version, by judges of yours, or not at all. What is known is not run twice.
