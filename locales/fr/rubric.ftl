### Le barème : comment les points comptent, et la page qui le montre et le change.

## How a criterion counts
share-all-or-nothing = Ce critère est compté en tout ou rien, et il n'est rempli qu'en partie.
share-step = { $percent } % de ce qui est demandé donne { $share } % des points ; à partir de { $next } %, c'est { $more } %.
finding-penalty = malus
sum-penalty = Malus

## The arithmetic of a score
score-group-capped = « { $fr } » : { $earned } points obtenus, { $most } comptent au plus.
score-penalty = Malus : - { $points }.
score-floored = { $exact } est au-dessous de zéro : la note s'arrête à 0.
score-rounded-down = { $exact } est arrondi au multiple de { $step } juste au-dessous.
score-rounded-up = { $exact } est arrondi au multiple de { $step } juste au-dessus.

## What a criterion asks for
asks-readme-present = Un README qui n’est plus le modèle.
asks-readme-content = Un README d’au moins { $least } caractères, avec des titres.
asks-readme-how-to-run = Un README qui dit comment installer et lancer le projet.
asks-readme-technical = Une documentation technique : architecture, choix, code.
asks-readme-functional = Une documentation fonctionnelle : ce que l’application propose.
asks-notebooks = { $percent } % des cellules d’exercice de tous les chapitres, complétées.
asks-notebooks-in = { $percent } % des cellules d’exercice de { $chapters }, complétées.
asks-project-submitted = Un projet déposé qui n’est plus le modèle.
asks-project-parses = Aucun fichier Python avec une erreur de syntaxe.
asks-project-no-secrets = Ni clé ni mot de passe dans le code.
asks-stack = Le code utilise :
asks-stack-any = Le code utilise l’un de :
asks-installs = Les dépendances s’installent.
asks-starts = L’application démarre et écoute, ou ses scripts vont au bout.
asks-answers =
    { $least ->
        [one] Une page répond.
       *[other] { $least } pages répondent.
    }
asks-stores =
    { $least ->
        [one] Les bases contiennent au moins un document.
       *[other] Les bases contiennent au moins { $least } documents.
    }
asks-history = Au moins { $commits } commits à soi, sur au moins { $days } jours.
asks-readme-in-french = En français.
asks-readme-in-english = En anglais.
asks-readme-sections = Un README avec ces sections : { $names }.
asks-readme-renders = Un README affiché en entier, sans erreur de balisage.
asks-notebooks-executed = Ce qui n’a pas été exécuté ne compte pas.
asks-notebooks-without-errors = Ce qui finit en erreur ne compte pas.
asks-project-files = Avec au moins { $least } fichiers de code.
asks-project-lines = Avec au moins { $least } lignes de Python.
asks-project-size = Un projet de { $most } Mio au plus.
asks-project-clean = Ni environnement virtuel, ni cache, ni pilote, ni fichiers de base de données dans le dépôt.
asks-starts-answers = L’application démarre, et une page répond.
asks-starts-data = L’application démarre, et montre ou enregistre des données.
asks-answers-at = La page { $path } répond.
asks-answers-status = Avec le statut { $status }.
asks-answers-text = Une page montre « { $text } ».
asks-stores-in = Comptés dans { $service } seulement.
asks-stores-under = Comptés sous { $collection } seulement.
asks-history-hours = Au moins { $hours } heures entre le premier et le dernier.
asks-history-authors = Par au moins { $authors } personnes.
asks-history-behind = Au plus { $behind } commits de retard sur le cours.
asks-history-in-time = Reçu avant l’échéance.
asks-tests = Les tests de la suite { $suite } passent.
asks-tests-unfinished = Une suite qui n’arrive pas au bout ne donne rien.
asks-command = Les points que donne la commande { $command }.
asks-only = Comptés : { $tests }.
counts-all-or-nothing = Tout ou rien.
counts-step = Dès { $at } % : { $share } % des points.

## The page
rubric-title = Barème
rubric-link = Barème
rubric-toml = Section pour course.toml
rubric-count =
    { $n ->
        [one] Un critère
       *[other] { $n } critères
    }
rubric-base = { $n } points de base
rubric-bonus = { $n } de bonus
rubric-penalty = jusqu’à { $n } de malus
rubric-since = en vigueur depuis : { $n }
rubric-in-force = en vigueur
rubric-no-group = Sans groupe
rubric-group-cap = { $n } points au plus
rubric-column-criterion = Critère
rubric-column-asked = Ce qui est demandé
rubric-column-points = Points
rubric-needs = Seulement si acquis : { $n }.
rubric-counting-title = Comment les points deviennent une note
rubric-counting-criterion = Chaque critère est compté au centième de point, la moitié vers le haut. Ce qui n’est fait qu’en partie donne une partie des points, sauf mention contraire.
rubric-counting-caps = Sous un titre plafonné, les points de base comptent d’abord, puis le bonus jusqu’au plafond ; un malus s’enlève de ce qui compte alors.
rubric-counting-scale = La somme est ramenée une seule fois sur { $n }, au centième : les points de base font le barème, le bonus s’y ajoute, les malus s’en retirent.
rubric-counting-late = Ce que coûte un retard est retiré ensuite.
rubric-counting-half-up = Le total est arrondi une seule fois, à la fin, au multiple de { $n } le plus proche, la moitié vers le haut.
rubric-counting-down = Le total est arrondi une seule fois, à la fin, au multiple de { $n } juste au-dessous.
rubric-counting-up = Le total est arrondi une seule fois, à la fin, au multiple de { $n } juste au-dessus.
rubric-counting-exact = Le total reste au centième.
rubric-counting-bounds = La note reste entre 0 et { $n }.
rubric-edit-title = Changer le barème
rubric-edit-why = C’est la section [rubric] de course.toml. Rien n’est appliqué avant d’avoir vu ce que cela change pour la classe.
rubric-edit-label = Section [rubric], en TOML
rubric-look = Voir ce que cela changerait
rubric-mistakes =
    { $n ->
        [one] Une erreur dans ce barème
       *[other] { $n } erreurs dans ce barème
    }
rubric-mistakes-why = Rien n’a été changé. Votre texte est plus bas, tel que vous l’avez écrit.
rubric-line = Ligne { $n }
rubric-file-differs = Le barème de course.toml n’est pas celui qui est en vigueur.
rubric-file-why = Ce qui est appliqué ici reste en vigueur tant que le fichier ne change pas. Pour les accorder, remplacez sa section [rubric] par celle d’ici.
rubric-file-look = Voir ce que donnerait course.toml
rubric-preview-title = Ce que ce barème changerait
rubric-same = C’est le barème en vigueur : aucune note ne bouge par lui.
rubric-moved = La classe ou le barème en vigueur ont changé depuis votre aperçu. Voici ce que cela changerait maintenant.
rubric-up =
    { $n ->
        [one] note monte
       *[other] notes montent
    }
rubric-down =
    { $n ->
        [one] note baisse
       *[other] notes baissent
    }
rubric-unmoved =
    { $n ->
        [one] ne bouge pas
       *[other] ne bougent pas
    }
rubric-unreadable =
    { $n ->
        [one] Une note est gardée telle quelle : ses faits ont été écrits par une autre version. Exécutez-la à nouveau.
       *[other] { $n } notes sont gardées telles quelles : leurs faits ont été écrits par une autre version. Exécutez-les à nouveau.
    }
rubric-before = Avant
rubric-after = Après
rubric-causes-title = Quels critères font bouger
rubric-column-up = Montent
rubric-column-down = Baissent
rubric-column-sum = En tout
rubric-movers-title = Qui bouge, du plus au moins
rubric-column-who = Étudiant·es
rubric-column-difference = Écart
rubric-column-why = Par quoi
rubric-why-scale = autre somme du barème
rubric-why-rest = plafond, retard, arrondi
rubric-why-submission = une autre version fait foi
rubric-text-title = Ce qui change dans le texte
rubric-reason = Pourquoi ce changement (pour l’historique)
rubric-apply = Appliquer
rubric-apply-why =
    { $n ->
        [0] Tout d’un coup, sans rien exécuter. Aucune note n’est enregistrée à nouveau.
        [one] Tout d’un coup, sans rien exécuter : une note est enregistrée à nouveau, celle d’avant reste à côté.
       *[other] Tout d’un coup, sans rien exécuter : { $n } notes sont enregistrées à nouveau, celles d’avant restent à côté.
    }
rubric-history-title = Versions
rubric-version-title = Version
rubric-difference-title = Ce qui diffère de la version du { $n }
rubric-compare-with = Comparer avec
rubric-compare = Comparer
rubric-no-difference = Les deux disent la même chose.
rubric-go-back = Revenir à cette version
rubric-go-back-why = Montre d’abord ce que cela changerait pour la classe.

## Running again
reruns-title = Relancer
reruns-link = Relancer
reruns-why = Une nouvelle exécution observe le projet à nouveau et note ce qu’elle voit selon le barème en vigueur. La note d’avant reste à côté de la nouvelle, et la page du fork dit ce qui l’a fait bouger. Un barème changé à lui seul ne demande aucune exécution.
reruns-whom = Qui
reruns-criteria = Seulement ce qu’un critère touche
reruns-no-criteria = Rien de ce que lit un critère du barème en vigueur ne serait observé autrement aujourd’hui.
reruns-column-what = Ce qui est relancé
reruns-column-run = Relancer
reruns-run =
    { $n ->
        [0] Rien à relancer
        [one] Relancer une version
       *[other] Relancer { $n } versions
    }
rerun-all = Tout le monde
rerun-all-why = De chaque fork la version qui fait foi et la plus récente, déjà exécutées ou non.
rerun-of-record = Les versions qui font foi
rerun-of-record-why = De chaque fork la version dont la note compte, déjà exécutée ou non.
rerun-failed = Celles qui ont échoué de notre fait
rerun-failed-why = Là où la dernière exécution n’a rien donné par notre propre faute. Cela ne coûte de point à personne.
rerun-not-started = Celles qui n’ont pas démarré
rerun-not-started-why = La version qui fait foi, là où rien ne s’est installé, où elle a planté au démarrage ou rien n’a écouté.
rerun-criterion = Ce que lit « { $n } »
rerun-criterion-why = Ce qu’il lit a été observé par une version antérieure, par vos propres juges, ou pas du tout. Ce qui est connu n’est pas exécuté deux fois.
