### Les juges de l'enseignant : suites de tests et commandes.

## Constats
judge-fault = Ce critère n'a pas pu être évalué et vous n'y êtes pour rien : il ne compte pas dans votre note, et votre enseignant est prévenu.
judge-not-run = Ce critère n'a pas encore été évalué : il ne compte pas dans votre note avant la prochaine exécution de votre projet.
tests-not-asked = Rien n'écoutait que les tests auraient pu interroger.
tests-unfinished = Les tests ne sont pas arrivés à leur fin sur votre projet.
tests-answer-soon = Chaque page devrait répondre en quelques secondes, sans envoyer plus que ce qu'elle montre.
tests-passed =
    { $passed ->
        [one] { $passed } test réussi
       *[other] { $passed } tests réussis
    } sur { $all }.
tests-fails = Échoue : { $test }
tests-says = Échoue : { $test } ({ $said })
tests-more =
    { $count ->
        [one] Un autre échoue.
       *[other] { $count } autres échouent.
    }
tests-mend = Faites à la main ce que ces tests vérifient, chez vous sur un clone tout neuf, et corrigez ce qui ne répond pas comme le cours le demande.
command-no-project = Il n'y a pas de projet à évaluer.
command-score = { $score } points sur { $most }.
command-failing = Échoue : { $tests }
command-read = Lisez ce que dit chaque test dans la partie « Tests de votre enseignant », et corrigez.

## Pannes, pour les enseignants
fault-costs-nothing = Personne n'y perd de point : les critères qu'il évalue ne comptent pas dans la note. Il sera consulté de nouveau à la prochaine exécution.
fault-not-installed = Ce qu'il demande ne peut pas être installé tel quel : { $lines }.
fault-timed-out = Il n'a pas fini dans le temps imparti.
fault-out-of-memory = Il a dépassé sa mémoire.
fault-too-much-output = Il a écrit sans fin.
fault-exited = Il s'est terminé avec le code { $code }, qui dit qu'il n'a pas évalué.
fault-no-result = Il s'est terminé sans écrire de résultat.
fault-not-a-file = Son résultat est un lien, un dossier ou un périphérique.
fault-too-large = Son résultat est plus grand que ce qui est lu.
fault-malformed = Son résultat est illisible : { $cause }
fault-empty = Son résultat ne contient aucun test qui donne des points.

## Sur les pages
judges-title = Tests de votre enseignant
judges-title-teacher = Vos propres juges
judges-detail = En entier
judges-log = Ce qu'il a écrit
judges-leaderboard = classement non conservé
test-after-due-date = visible des étudiants après la date limite
test-after-published = visible des étudiants une fois publié
test-hidden = jamais visible des étudiants
provenance-judge = Juge
