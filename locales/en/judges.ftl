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
