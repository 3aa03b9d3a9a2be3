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
