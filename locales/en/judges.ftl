### The teacher's own judges: suites of tests, and commands.

## Findings
judge-fault = This could not be judged, and that is not your doing: it takes no part in your score, and your teacher is told.
judge-not-run = This has not been judged yet: it takes no part in your score until your project is run next.
tests-not-asked = Nothing listened that the tests could have asked.
tests-unfinished = The tests did not come to their end on your project.
tests-answer-soon = Each page should answer within a few seconds, and with no more than what it shows.
tests-passed =
    { $all ->
        [one] { $passed } of one test passes.
       *[other] { $passed } of { $all } tests pass.
    }
tests-fails = Fails: { $test }
tests-says = Fails: { $test } ({ $said })
tests-more =
    { $count ->
        [one] One more fails.
       *[other] { $count } more fail.
    }
tests-mend = Do by hand what these tests check, on a fresh clone at home, and mend what does not answer as the course asks.
command-no-project = There is no project to judge.
command-score = { $score } of { $most } points.
command-failing = Fails: { $tests }
command-read = Read what each test says in the section "Tests of your teacher", and mend it.

## Faults, for teachers
fault-costs-nothing = Nobody loses a point by it: the criteria that it judges take no part in the score. It is asked again with the next run.
fault-not-installed = What it requires cannot be installed as it is written: { $lines }.
fault-timed-out = It did not end within its time.
fault-out-of-memory = It used more memory than it has.
fault-too-much-output = It printed without end.
fault-exited = It ended with code { $code }, which says that it did not judge.
fault-no-result = It ended and wrote no result.
fault-not-a-file = Its result is a link, a folder or a device.
fault-too-large = Its result is larger than what is read.
fault-malformed = Its result cannot be read: { $cause }
fault-empty = Its result holds no test that gives points.

## On pages
judges-title = Tests of your teacher
judges-title-teacher = Your own judges
judges-detail = In full
judges-log = What it printed
judges-leaderboard = leaderboard not kept
test-after-due-date = students see it after the deadline
test-after-published = students see it once you publish
test-hidden = students never see it
provenance-judge = Judge
