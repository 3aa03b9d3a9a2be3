### Ce que les critères disent : vu, et à faire. Les étudiants sont vouvoyés.

## Ends of a criterion
outcome-passed = acquis
outcome-partial = en partie
outcome-failed = manquant
outcome-skipped = non évalué

## What a person would say of a run
verdict-install-failed = les dépendances ne s'installent pas
verdict-crashed-at-start = s'arrête au démarrage
verdict-never-listened = démarre sans jamais écouter
verdict-answers-errors = répond par des erreurs
verdict-ran-empty = s'exécute, rien n'est stocké
verdict-ran-and-stored = s'exécute et stocke des données
verdict-starts-empty = démarre, mais sans données
verdict-shows-data = affiche des données

## The arithmetic of a score
score-base = Critères de base : { $points } sur { $max }, soit { $scaled } sur { $scale }.
score-bonus = Bonus : + { $points }.
score-late = Retard : - { $points }.
score-rounded = { $exact } est arrondi au multiple de { $step } le plus proche (la moitié vers le haut).
score-capped = { $exact } dépasse le barème : la note s'arrête à { $scale }.
score-total = Total : { $total } sur { $scale }.

skipped-needs = Non évalué, car « { $fr } » n'est pas acquis. Cela ne vous est pas compté deux fois.
skipped-needs-hidden = Un critère dont celui-ci dépend n'est pas rempli.

## forkgrade check
check-head-outcome = État
check-head-criterion = Critère
check-head-points = Points
check-head-seen = Vu, et à faire (→)
check-what-is-left = Ce qui demande d'exécuter le projet est évalué après votre push.
check-no-upstream = Sans le dépôt du cours, ses fichiers ne se distinguent pas des vôtres : les notebooks et les modèles ne sont pas comparés. « git remote add upstream https://github.com/{ $upstream } » puis « git fetch upstream », ou --upstream DOSSIER.
check-first-commits = Comparé avec le commit { $commit } ({ $author }, { $on }), pris pour le dernier du cours. Si ce n'est pas le cas : --upstream DOSSIER.
check-project-elsewhere = Votre projet est dans le dépôt { $repository } : ajoutez --project avec le dossier de votre copie pour qu'il soit vérifié.
check-uncommitted =
    { $files ->
        [one] Un fichier n'est pas encore dans un commit
       *[other] { $files } fichiers ne sont pas encore dans un commit
    } : seul ce qui est poussé est noté.
check-unpushed =
    { $commits ->
        [one] Un commit n'est pas encore poussé
       *[other] { $commits } commits ne sont pas encore poussés
    } : seul ce qui est poussé est noté.

## README
readme-none = Aucun README n'a été trouvé.
readme-write = Créez un fichier README.md dans le dossier du projet : ce que fait l'application, comment la lancer, comment elle est construite.
readme-untouched =
    { $percent ->
        [0] { $file } est encore le modèle du cours.
       *[other] { $file } est encore le modèle du cours : { $percent } % de ses mots en viennent.
    }
readme-fill = Remplissez { $file } avec votre propre texte. Quelques paragraphes suffisent pour commencer.
readme-found = README trouvé : { $file }.
readme-others = Autres documents trouvés : { $files }.
readme-length = { $characters } caractères, { $words } mots.
readme-too-short = Visez au moins { $least } caractères (vous en êtes à { $characters }) : d'où viennent les données, ce que montre l'application, quels choix vous avez faits.
readme-foreign = Le README n'est pas dans une langue du cours.
readme-write-in-french = Écrivez-le en français, ou ajoutez-y une traduction.
readme-write-in-english = Écrivez-le en anglais, ou ajoutez-y une traduction.
readme-pdf = La documentation est un PDF ({ $file }), dont le contenu n'est pas lu.
readme-office = La documentation est un fichier de traitement de texte ou de présentation ({ $file }), dont le contenu n'est pas lu.
readme-write-as-text = Reprenez l'essentiel de ce document dans un README.md : GitHub l'affiche, et il peut être évalué.
readme-commands = Instructions trouvées ({ $place }) : { $commands }.
readme-run-section = Une section explique comment lancer le projet ({ $place }).
readme-no-commands = Le README ne dit pas comment lancer le projet.
readme-add-commands = Ajoutez une section « Lancement » avec les commandes exactes, dans un bloc de code : installer, remplir la base, démarrer (par exemple « docker-compose up » ou « python app.py »).
readme-technical = La documentation technique est là ({ $file }).
readme-no-technical = Aucune documentation technique n'a été trouvée.
readme-add-technical = Ajoutez une section « Documentation technique » : architecture, structure du code, base choisie et pourquoi, façon de collecter les données.
readme-functional = La documentation fonctionnelle est là ({ $file }).
readme-no-functional = Aucune documentation fonctionnelle n'a été trouvée.
readme-add-functional = Ajoutez une section « Guide utilisateur » : ce que propose l'application, page par page, avec une ou deux captures d'écran.
readme-sections = { $found } sections demandées sur { $all } sont là.
readme-section = « { $title } » ({ $place }).
readme-section-empty = Sous « { $title } », il n'y a presque rien ({ $place }).
readme-fill-section = Écrivez quelques phrases sous « { $title } ».
readme-add-section = Ajoutez une section « { $title } » avec quelques phrases (ces titres sont reconnus : { $names }).
readme-renders = { $file } s'affiche sans erreur ({ $renderer }).
readme-not-rendered = { $file } est lu par docutils après votre push. Pour voir la même chose chez vous : « pip install docutils », puis « rst2html5 README.rst ».
readme-errors =
    { $count ->
        [one] { $renderer } signale une erreur : une partie du README ne s'affiche pas comme vous l'avez écrite.
       *[other] { $renderer } signale { $count } erreurs : des parties du README ne s'affichent pas comme vous les avez écrites.
    }
readme-complaint = { $place } : { $text }
readme-too-large = { $file } est trop volumineux pour être affiché en entier, ici comme sur GitHub.
readme-shorten = Gardez moins de 500 ko de texte : les longs journaux et les images encodées ont leur place dans des fichiers à part.
readme-too-much = { $file } est trop imbriqué ou trop répétitif pour être affiché.
readme-broken = { $renderer } s'arrête en lisant { $file } : { $error }
readme-simplify = Simplifiez le README : moins de listes, de tableaux ou de balises les uns dans les autres.
readme-mend = Ouvrez le README à la ligne indiquée et corrigez le balisage.
readme-mend-directive = Une directive « .. nom:: » ou un rôle n'existe pas ou est mal rempli : vérifiez son nom (image, code-block, note…), la ligne vide après elle et l'indentation de son contenu.
readme-mend-titles = Soulignez chaque titre sur toute sa longueur, avec le même signe pour le même niveau, et ne sautez pas de niveau (« ==== », puis « ---- », puis « ~~~~ »).
readme-mend-table = Dans un tableau, les bordures et les colonnes doivent être alignées au caractère près.
readme-mend-indentation = Mettez une ligne vide avant et après chaque bloc indenté, et gardez la même indentation dans un bloc.
readme-mend-references = Un lien « nom_ » ou une substitution « |nom| » n'est définie nulle part : ajoutez « .. _nom: adresse », ou écrivez `texte <adresse>`_.
readme-mend-long-line = Coupez les lignes de plus de 10 000 caractères : à cause d'elles, rien du README ne s'affiche.
readme-mend-at-home = Pour voir les mêmes messages chez vous : « pip install docutils », puis « rst2html5 README.rst ».

## Hints: what costs nothing
hints-title = Pistes (elles ne coûtent aucun point)
hint-readme-move = Placez { $file } directement dans le dossier du projet : c'est là qu'on le cherche en premier.
hint-readme-template-beside = Supprimez { $file }, qui est encore le modèle du cours : GitHub n'affiche qu'un README par dossier.
hint-readme-short = { $characters } caractères, c'est court : dites d'où viennent les données, ce que montre l'application et quels choix vous avez faits.
hint-readme-plain-text = Renommez { $file } en README.md : GitHub affichera titres, liens et images.
hint-readme-no-headings = Ajoutez des titres de section pour que l'on s'y retrouve (« # Installation » en Markdown, un titre souligné de « ==== » en reStructuredText).
hint-readme-no-screenshot = Ajoutez une capture d'écran de l'application : c'est ce que l'on regarde en premier.
hint-readme-one-paragraph = Presque rien n'y est raconté : quelques phrases entre les titres et les commandes aident à comprendre.
hint-readme-broken-link = « { $target } » ne mène à aucun fichier ({ $place }) : vérifiez le chemin et les majuscules.
hint-readme-warning = { $place } : { $text }

## Notebooks
notebooks-none = Aucun exercice de notebook ne peut être comparé à ceux du cours.
notebooks-done = { $done } cellules d'exercice complétées sur { $total } ({ $percent } %).
notebooks-errors =
    { $count ->
        [one] Une de vos cellules a
       *[other] { $count } de vos cellules ont
    } enregistré une erreur.
notebooks-continue = Il reste des exercices dans : { $files }.
notebooks-one = { $file } : { $done } sur { $total }.
notebooks-solution = { $file } : { $count ->
    [one] une cellule est
   *[other] { $count } cellules sont
 } la correction du cours, ce qui ne compte pas comme votre travail.
notebooks-out-of-order = { $file } : { $count ->
    [one] une cellule a été exécutée
   *[other] { $count } cellules ont été exécutées
 } avant une cellule placée plus haut. « Redémarrer le noyau et tout exécuter » montre si le carnet marche du début à la fin.
notebooks-exercise-open = { $file }, cellule { $cell } : à compléter (« { $line } »).
notebooks-exercise-comments = { $file }, cellule { $cell } : il n'y a encore que des commentaires (« { $line } »).
notebooks-exercise-solution = { $file }, cellule { $cell } : c'est la correction du cours ; écrivez votre propre réponse (« { $line } »).
notebooks-exercise-error = { $file }, cellule { $cell } : la réponse se termine par une erreur (« { $line } »).
notebooks-exercise-run = { $file }, cellule { $cell } : exécutez la réponse, puis enregistrez le carnet (« { $line } »).
notebooks-fetch = Le cours a de nouveaux chapitres que votre fork n'a pas : { $files }. Le bouton « Sync fork » de GitHub les apporte. Cela ne coûte aucun point.
notebook-broken = { $file } ne peut pas être lu :
notebook-deleted = { $file } a été supprimé de votre fork.

## Project
project-files = { $files } fichiers, dont { $own } à vous et { $code } de code.
project-junk = Ces fichiers ne font pas partie du projet (environnement virtuel, cache, pilote, base de données) : { $paths }. Retirez-les avec « git rm -r --cached » et notez-les dans .gitignore. Cela ne coûte aucun point.
project-add-code = Ajoutez le code de l'application à côté de vos documents, puis faites un push.
project-begin = Placez votre application dans ce dossier : un fichier app.py avec « app = Flask(__name__) » est un bon début.
project-create = Créez le dossier Evaluation/Projet, mettez-y votre application et faites un push. Si le projet est dans un autre dépôt, indiquez-le dans .forkgrade.toml à la racine : project = "vous/projet".
project-mend-gitlink = Ce dossier est un dépôt git dans un dépôt git : sur GitHub, il est vide. Supprimez son sous-dossier .git, puis « git rm --cached » suivi du dossier, « git add » et un push.
project-push = Faites un push de votre travail : le dépôt ne contient encore aucun fichier.
project-open-repository = Vérifiez le nom dans .forkgrade.toml et que ce dépôt est public (ou que l'enseignant y a accès).
project-more-files = Écrivez au moins { $least } fichiers de code.
project-more-lines = Le projet compte { $lines } lignes de Python : visez-en { $least }.
project-size = Le projet pèse { $mebibytes } Mio (au plus { $most }).
project-large-files = Fichiers les plus lourds : { $paths }.
project-slim = Retirez du dépôt ce qui se télécharge ou se recalcule (données brutes, modèles, vidéos) : « git rm --cached » puis .gitignore. Gardez un petit échantillon.
project-clean = Ni environnement virtuel, ni cache, ni pilote, ni base de données dans le dépôt.
project-junk-found =
    { $count ->
        [one] Un dossier ou fichier ne fait
       *[other] { $count } dossiers ou fichiers ne font
    } pas partie du projet.
project-newer-python = { $place } : cette écriture demande Python { $python } ou plus récent. Dites-le dans requires-python (pyproject.toml), ou écrivez-la autrement. Cela ne coûte aucun point.
project-no-python = Aucun fichier Python à vérifier.
project-parses =
    { $files ->
        [one] Le fichier Python est
       *[other] Les { $files } fichiers Python sont
    } sans erreur de syntaxe.
project-broken-files =
    { $count ->
        [one] Un fichier Python contient
       *[other] { $count } fichiers Python contiennent
    } une erreur de syntaxe.
project-syntax-error = { $place } : { $error }
project-python2 = { $place } : ce code est du Python 2 ({ $error }).
project-mend-syntax = Ouvrez chaque fichier à la ligne indiquée. « python -m py_compile fichier.py » montre la même erreur chez vous.
project-no-secrets = Ni clé ni mot de passe dans les fichiers.
project-secrets = Des clés ou mots de passe sont dans les fichiers : { $places }.
project-hide-secrets = Lisez-les depuis l'environnement (os.environ) et changez ceux qui sont déjà publiés : l'historique git les garde.

## Stack
stack-missing = Rien de ce qui est attendu n'a été trouvé dans le code.
stack-uses-flask = Flask est utilisé ({ $place }).
stack-uses-dash = Dash est utilisé ({ $place }).
stack-uses-streamlit = Streamlit est utilisé ({ $place }).
stack-uses-django = Django est utilisé ({ $place }).
stack-uses-fastapi = FastAPI est utilisé ({ $place }).
stack-uses-mongodb = MongoDB est utilisé ({ $place }).
stack-uses-redis = Redis est utilisé ({ $place }).
stack-uses-elasticsearch = Elasticsearch est utilisé ({ $place }).
stack-uses-sql = Une base SQL est utilisée ({ $place }).
stack-uses-scraping = Des pages web sont scrapées ({ $place }).
stack-uses-real-time-scraping = Le scraping est déclenché par l'application ou à intervalles ({ $place }).
stack-uses-scrapy = Scrapy est utilisé ({ $place }).
stack-uses-selenium = Selenium est utilisé ({ $place }).
stack-uses-charts = Des graphiques sont dessinés ({ $place }).
stack-uses-search = Une recherche est proposée ({ $place }).
stack-uses-dockerfile = Un Dockerfile est là ({ $place }).
stack-uses-compose = Un fichier Compose est là ({ $place }).
stack-try-flask = Créez l'application avec Flask : « app = Flask(__name__) », des routes, puis « app.run() ».
stack-try-dash = Créez l'application avec Dash : « app = Dash(__name__) », une mise en page, puis « app.run() ».
stack-try-streamlit = Créez l'application avec Streamlit.
stack-try-django = Créez l'application avec Django.
stack-try-fastapi = Créez l'application avec FastAPI : « app = FastAPI() ».
stack-try-mongodb = Gardez vos données dans MongoDB : « MongoClient("mongo", 27017) » avec pymongo.
stack-try-redis = Gardez des données dans Redis : « redis.Redis(host="redis") ».
stack-try-elasticsearch = Indexez vos données dans Elasticsearch, par exemple pour la recherche.
stack-try-sql = Gardez vos données dans une base SQL.
stack-try-scraping = Récupérez des pages avec requests et lisez-les avec BeautifulSoup, ou écrivez un spider Scrapy.
stack-try-real-time-scraping = Lancez le scraping depuis l'application (un bouton, une route) ou à intervalles réguliers (APScheduler).
stack-try-scrapy = Écrivez un spider avec Scrapy.
stack-try-selenium = Pilotez un navigateur avec Selenium.
stack-try-charts = Dessinez vos données : plotly ou matplotlib en Python, Chart.js dans la page.
stack-try-search = Ajoutez un champ de recherche dont la route lit « request.args ».
stack-try-dockerfile = Écrivez un Dockerfile : image python, copie du code, pip install, commande de démarrage.
stack-try-compose = Écrivez un docker-compose.yml avec votre application et sa base de données.

## Running
run-not-executed = Le projet n'a pas été exécuté ici : ce critère est évalué après votre push.
run-no-program = Il n'y a pas de programme à lancer.
run-add-program = Ajoutez un fichier Python qui démarre l'application, par exemple app.py, puis faites un push.
run-declare = Dites comment lancer le projet dans un fichier .forkgrade.toml du dossier du projet : command = "python app.py".
run-stand-in = { $service } a été remplacé par un équivalent qui parle le même protocole ({ $image }), car le vrai serveur manque sur cette machine. En cas de doute, parlez-en à votre enseignant.
process-ended = { $file } s'est terminé normalement après { $seconds } s.
process-failed = { $file } s'est arrêté avec le code { $code } après { $seconds } s.
process-kept-running = { $file } tournait encore après { $seconds } s.
process-too-long = { $file } a été arrêté après { $seconds } s : c'est le temps maximal.
process-out-of-memory = { $file } a dépassé la mémoire disponible après { $seconds } s.
process-too-much-output = { $file } a écrit beaucoup trop de texte et a été arrêté après { $seconds } s.
process-last-line = Dernière ligne : { $line }
installs-nothing = Rien à installer.
installs-done =
    { $count ->
        [one] Un paquet installé.
       *[other] { $count } paquets installés.
    }
installs-refused = Les dépendances ne peuvent pas être installées.
installs-mend = Essayez chez vous dans un environnement vierge : « python -m venv test », puis « pip install -r requirements.txt ». Corrigez les noms et les versions que pip refuse.
installs-limit = L'installation a atteint une limite de temps, de mémoire ou de place.
installs-fewer = Ne gardez dans requirements.txt que ce que le projet importe vraiment.
installs-relaxed = Ces lignes ont dû être assouplies ou laissées de côté pour que le reste s'installe : { $lines }. Cela ne coûte aucun point.
installs-built = { $file } est construit.
installs-build-exited = { $file }, ligne { $line } : « { $instruction } » s'est terminé par une erreur ({ $code }).
installs-build-time = { $file }, ligne { $line } : « { $instruction } » a duré plus longtemps que permis à une construction.
installs-build-memory = { $file }, ligne { $line } : « { $instruction } » a demandé plus de mémoire qu'une construction n'en a.
installs-build-disk = { $file }, ligne { $line } : « { $instruction } » a écrit plus que permis à une construction.
installs-build-output = { $file }, ligne { $line } : « { $instruction } » a affiché plus que permis à une construction.
installs-build-missing = { $file }, ligne { $line } : « { $source } » n'est pas parmi les fichiers de la construction.
installs-build-too-large = { $file }, ligne { $line } : « { $instruction } » copie un projet de { $mebibytes } Mio, plus que ce qui est copié d'un projet.
installs-build-refused = { $file }, ligne { $line } : « { $what } » est refusé.
installs-build-unusable = { $file } : l'image obtenue ne peut pas être démarrée.
installs-build-unavailable = { $file } n'a pas pu être construit ici : { $cause }
installs-build-mend = Construisez-le chez vous avec « docker build --no-cache . » et corrigez la ligne qui échoue. Le projet a été lancé comme le fichier se lit, sans ses commandes.
installs-build-ignore = Gardez données, environnements et archives hors de la construction : nommez-les dans .dockerignore, et laissez les gros fichiers hors du dépôt.
installs-build-read-only = { $folders } : plus que ce que les dossiers inscriptibles d'une exécution peuvent contenir, rien ne peut donc y être écrit. Gardez les données hors de l'image.
installs-on-python-of-year = Les versions demandées n'ont pas de paquets pour Python { $asked } : elles tournent sur Python { $python }, celui de leur année. Cela ne coûte aucun point ; un Dockerfile ou un .python-version qui nomme ce Python le dit de lui-même.
installs-write-requirements = Ajoutez un requirements.txt à votre projet avec ce qu'il importe : vous serez sûr de ce qui est installé. Cela ne coûte aucun point.
starts-not-installed = L'application n'a pas pu démarrer, car ses dépendances ne s'installent pas.
starts-crashed = L'application s'est arrêtée au démarrage.
starts-mend-crash = Lisez la dernière ligne de l'erreur : elle nomme souvent le fichier ou le module qui manque. Un clone tout neuf de votre dépôt doit démarrer chez vous.
starts-never-listened = L'application a démarré, mais n'écoute sur aucun port.
starts-listen = Terminez le programme par « app.run() » et faites avant cela ce qui prend du temps (collecte, remplissage) dans un script à part.
starts-listens = L'application démarre et écoute (port { $ports }).
starts-show-data = L'application répond, mais ne montre pas encore de données : remplissez la base au démarrage, et affichez-la sur une page.
starts-ran = Le programme s'exécute jusqu'au bout.
answers-nothing-serves = Aucune application web à interroger.
answers-add-application = Ajoutez une application Flask ou Dash qui montre vos données.
answers-pages =
    { $good ->
        [one] { $good } page répond
       *[other] { $good } pages répondent
    } sur { $all ->
        [one] { $all } demandée.
       *[other] { $all } demandées.
    }
answers-status = { $path } répond { $status }.
answers-silence = { $path } ne répond pas ({ $error }).
answers-not-asked = { $path } n'a pas été demandée lors de cette exécution : elle le sera à la prochaine.
answers-without = { $path } répond, mais « { $text } » ne s'y lit pas.
answers-mend = Ouvrez ces pages chez vous : une erreur 500 s'explique dans la console, une 404 par une route ou un modèle manquant.
stores-items =
    { $count ->
        [one] Un élément stocké
       *[other] { $count } éléments stockés
    } : { $collections }.
stores-nothing = Après l'exécution, les bases de données étaient vides.
stores-silent = { $service } ne répondait plus à la fin de l'exécution.
stores-elsewhere = Rien sous { $wanted } ; gardé ailleurs : { $collections }.
stores-there = Gardez vos données sous { $wanted }, comme le cours le demande.
stores-more = Stockez au moins { $least } éléments.
stores-bring-sample = Pendant l'évaluation, internet n'est pas joignable : ce qui doit d'abord être téléchargé ne peut pas apparaître. Gardez un échantillon dans le dépôt (un CSV ou un JSON) et chargez-le quand la base est vide.
stores-load-first = Remplissez la base au démarrage, ou dans un script que le README dit de lancer avant l'application.
stores-use-database = Écrivez vos données dans une base du cours : MongoDB, Redis ou Elasticsearch.
stores-use-course-database = Le cours demande MongoDB, Redis ou Elasticsearch : une base SQL ou un fichier n'est pas regardé ici.

## The network
answers-exception = Votre application a levé : { $line }
run-left-out = Trop volumineux pour une exécution, donc absents : { $files }. Un extrait plus petit suffit pour une démonstration.
network-closed = Votre programme a demandé { $hosts } : pendant l'évaluation, rien n'est joignable à l'extérieur.
network-not-allowed = Votre programme a demandé { $hosts }, que ce cours ne laisse pas passer.
network-not-here = Votre programme a demandé { $hosts } : aucun des services qui tournent avec lui ne porte ce nom.
network-method = Votre programme s'est adressé à { $hosts } avec une méthode que ce cours ne laisse pas passer.
network-inside = Votre programme a demandé { $hosts }, qui mène à une adresse privée : personne n'y a accès.
network-upgrade = Votre programme voulait un WebSocket avec { $hosts } : seules des requêtes et leurs réponses passent.
network-used-up = Votre programme a demandé plus qu'une exécution ne peut demander (en dernier : { $hosts }).
network-no-such-host = Aucun hôte ne s'appelle { $host }.
network-unresolved = Le nom { $host } n'a pas pu être résolu.
network-unreachable = { $host } n'a pas pu être joint.
network-certificate = Le certificat de { $host } n'est pas digne de confiance.
network-timed-out = { $host } a mis trop de temps à répondre.
network-broke-off = La réponse de { $host } s'est interrompue.
network-too-large = Une réponse de { $host } est plus grande que ce qu'une exécution peut télécharger.
network-status = { $host } était en difficulté (statut { $status }).
network-recording = Ce que { $host } avait répondu n'a pas pu être relu : c'est une panne de notre côté.
network-not-yours = C'est la faute du réseau ou du site, pas la vôtre. Une telle exécution n'est pas gardée pour les autres ; parlez-en à votre enseignant, qui peut la faire répéter.
stores-ask-for-hosts = Demandez à votre enseignant de laisser passer ces hôtes, ou gardez un échantillon dans le dépôt (un CSV ou un JSON) et chargez-le quand la base est vide.

## History
history-unknown = L'historique est lu après votre push.
history-commits =
    { $commits ->
        [one] { $commits } commit
       *[other] { $commits } commits
    } à vous, sur { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    }, par { $authors ->
        [one] { $authors } personne
       *[other] { $authors } personnes
    }.
history-late = Le service a appris ce push après l'échéance.
history-push-early = Faites un push avant l'échéance : c'est l'heure à laquelle il arrive qui compte, pas la date du commit.
history-span =
    { $hours ->
        [one] { $hours } heure
       *[other] { $hours } heures
    } entre votre premier et votre dernier commit.
history-begin-earlier = Répartissez le travail : au moins { $hours } heures entre le premier et le dernier commit.
history-everybody-commits = Au moins { $authors } personnes doivent avoir fait des commits. Chacun les fait depuis son propre compte, ou l'autre est nommé par une ligne « Co-authored-by: Nom <adresse> » à la fin du message.
history-behind =
    { $commits ->
        [one] Un commit du cours manque
       *[other] { $commits } commits du cours manquent
    } à votre fork.
history-sync = Mettez votre fork à jour : bouton « Sync fork » sur GitHub, puis « git pull » chez vous.
history-commit-more = Faites un commit à chaque étape : au moins { $commits }, répartis sur { $days } jours ou plus.

# Au commit, sur GitHub
commit-received = Reçu. Les commentaires viendront quand l'enseignant les publiera.
commit-received-until = Reçu. Les commentaires viendront à partir du { $when }.
commit-left = { $n ->
    [0] Rien à améliorer
    [one] Un point à améliorer
   *[other] { $n } points à améliorer
}

score-override = À la main, { $fr } : { $points } au lieu de { $check } (« { $reason } »).
score-extended = L'échéance a été repoussée au { $until }.
commit-by-hand = Corrigé par un enseignant.

moved-inspection = Les fichiers ont été relus, et autre chose y a été trouvé.
moved-execution = Le projet a été exécuté à nouveau, et autre chose a été vu.
moved-judges = Les tests de l'enseignant ont tourné à nouveau, et ils disent autre chose.
moved-rubric = Le barème a changé.
moved-program = forkgrade est passé de la version { $from } à { $to }.
moved-scale = La note maximale est passée de { $from } à { $to }.
moved-override-set = Un enseignant a donné des points à la main : { $fr }.
moved-override-changed = Un enseignant a donné d'autres points à la main : { $fr }.
moved-override-undone = Des points donnés à la main ont été retirés, ceux de la vérification comptent à nouveau : { $fr }.
moved-override-hidden = Un enseignant a changé des points de critères évalués sans détail.
moved-extension-given = L'échéance a été repoussée au { $until }.
moved-extension-taken = Le délai a été retiré : l'échéance est le { $until }.
moved-deadline = L'échéance du cours, ou ce que coûte le retard, a changé.
moved-received = La version a été poussée à nouveau et compte à partir du { $at }.
moved-record = Une autre version compte maintenant : { $commit }.
