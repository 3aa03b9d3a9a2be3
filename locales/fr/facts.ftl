### Ce qui est observé : états, raisons, décisions.

## States of a project
project-state-submitted = projet déposé
project-state-documents-only = documents sans code
project-state-template = modèle du cours
project-state-missing = aucun projet
project-state-gitlink = dépôt imbriqué
project-state-empty-repository = dépôt vide
project-state-elsewhere-unreadable = dépôt séparé illisible

## States of a notebook
notebook-state-untouched = inchangé
notebook-state-resaved = seulement réenregistré
notebook-state-worked = travaillé
notebook-state-solution = correction du cours
notebook-state-not-fetched = pas encore récupéré
notebook-state-deleted = supprimé
notebook-state-broken = illisible

## Stages of a run
stage-fetching = récupération
stage-inspecting = lecture
stage-installing = installation
stage-starting = démarrage
stage-probing = observation
stage-scoring = notation

## States of a run
run-queued = en attente
run-running = en cours
run-finished = terminé
run-failed = échec de notre côté
run-superseded = remplacé par un push plus récent

## States of a fork
fork-active = actif
fork-empty = vide
fork-unreadable = illisible
fork-gone = disparu, dernier état conservé

## How the service learnt of a push
learnt-webhook = annoncé par GitHub
learnt-sweep = vu lors d'une ronde
learnt-command = demandé à la main

## Ways of starting
launch-kind-declared = déclaré
launch-kind-compose = fichier Compose
launch-kind-dockerfile = Dockerfile
launch-kind-python-web = application web Python
launch-kind-python-script = scripts Python
launch-kind-nothing = rien à lancer

## How the project was found
project-found-named = Projet trouvé dans { $folder } (« { $pattern } » du cours).
project-found-documents = { $folder } contient des documents, mais pas de programme.
project-found-documents-and-gitlink = { $folder } contient des documents, mais pas de programme ; { $nested } renvoie à un autre dépôt : son contenu n'est pas sur GitHub.
project-found-template = { $folder } est encore tel que le cours l'a fourni.
project-found-gitlink = { $folder } renvoie à un autre dépôt : son contenu n'est pas sur GitHub.
project-found-root = Projet trouvé à la racine du dépôt.
project-found-elsewhere = Projet trouvé en cherchant : { $folder }.
project-found-separate = Projet trouvé dans le dépôt séparé { $repository }.
project-found-separate-unreadable = Le dépôt séparé { $repository } n'existe pas ou ne peut pas être lu.
project-found-nothing = Aucun dossier de projet et aucun programme à vous.
project-found-empty = Le dépôt ne contient aucun fichier.

## Why a notebook cannot be read
notebook-broken-json = Le fichier n'est pas du JSON valide (ligne { $line }).
notebook-merge-conflict = Le fichier contient encore un conflit de fusion (<<<<<<< et >>>>>>>).
notebook-no-cells = Le fichier n'est pas un notebook : il n'a pas de cellules.
notebook-too-large = Le fichier dépasse { $mebibytes } Mio : effacez les sorties et enregistrez-le à nouveau.
notebook-unreadable = Le fichier ne peut pas être lu.

## Why a project is started this way
launch-declared = Lancé comme le dit { $file }.
launch-declared-broken = { $file } n'est pas du TOML valide (ligne { $line }) : il est ignoré.
launch-declared-unknown-key = Ligne { $line } de { $file } : la clé « { $key } » n'est pas connue : command, build, port, python et requirements le sont.
launch-declared-wrong-value = Ligne { $line } de { $file } : la valeur de « { $key } » n'est pas utilisable : elle est ignorée.
launch-application = { $file } crée une application web et la démarre.
launch-flask-run = { $file } crée une application Flask sans la démarrer : elle est lancée par « flask run ».
launch-streamlit = { $file } est une application Streamlit.
launch-django = { $file } est une application Django.
launch-uvicorn = { $file } crée une application FastAPI : elle est lancée par uvicorn.
launch-hinted = Votre documentation ou votre Dockerfile nomme { $file }.
launch-several-applications = { $count } fichiers créent une application : le plus probable a été choisi. Pour en choisir un autre : .forkgrade.toml.
launch-run-from = Lancé depuis { $folder }, où ses fichiers sont trouvés.
launch-loader-told = { $file } est lancé d'abord, comme il est indiqué.
launch-command-told = « { $command } » est lancé d'abord, comme indiqué.
launch-loader-elsewhere = { $file } ne se trouve pas dans le conteneur que { $recipe } décrit : il n'est pas lancé. S'il remplit la base, copiez-le aussi.
launch-loader-found = { $file } est lancé d'abord : il remplit la base de données.
launch-spider-told = Le spider « { $spider } » est lancé d'abord, comme il est indiqué.
launch-spider-alone = Rien ne sert de pages web : le spider « { $spider } » est lancé ({ $file }).
launch-scripts = Rien ne sert de pages web : les scripts sont lancés, { $file } d'abord.
launch-script-alone = Rien ne sert de pages web : { $file } est lancé.
launch-notebook-alone = Seulement des notebooks : ils sont exécutés cellule par cellule, { $file } d'abord.
launch-compose = Lancé comme le dit { $file } : { $services }.
launch-compose-refused = { $file } : « { $what } » de { $service } est refusé, et il est lancé sans.
launch-compose-broken = { $file } n'est pas un fichier Compose lisible : il est ignoré.
launch-compose-databases = { $services } : remplacé par les bases de données que le cours fournit.
launch-compose-no-login = { $services } : les bases fournies par le cours ne prennent pas de mot de passe. Une connexion sans mot de passe marche partout.
launch-compose-same-port = { $services } écoutent sur le même port { $port } : dans une exécution ils partagent un seul réseau, seul le premier l'obtient.
launch-compose-volume-apart = { $services } partagent le volume { $volume } : dans une exécution chacun en a sa propre copie.
launch-selenium = { $file } pilote un navigateur : le Chromium de l’exécution lui répond, au port 4444 et à la place de chromedriver et de geckodriver.
launch-compose-selenium = Le Chromium de l’exécution répond à leur place, même là où Firefox est demandé : { $services }.
launch-selenium-driver = { $file } est un pilote pour une autre machine : un programme qui le désigne par son chemin ne trouve pas de navigateur ici, « webdriver.Chrome() » sans chemin en trouve un.
launch-webdriver-manager = { $file } télécharge un pilote avec webdriver_manager, ce qu’une exécution ne peut pas faire ; « webdriver.Chrome() » seul en trouve un.
launch-compose-left-out = { $services } : ne fait pas partie de l'application, laissé de côté.
launch-service-unknown = { $service } : l'image { $image } n'est pas disponible ici, le service est laissé de côté.
launch-service-beyond = { $services } : plus de services qu'une exécution ne peut en contenir, laissés de côté.
launch-image-of-a-laptop = { $service } : l'image { $image } n'existe que sur votre ordinateur, donc { $file } est pris.
launch-dockerfile = Lancé comme le dit { $file }.
launch-dockerfile-missing = { $service } : il n'y a pas de { $file } pour le construire.
launch-base-unknown = { $file } part de { $image }, et non de Python.
launch-base-taken-for = { $file } part de { $image } : le Python du cours est pris à sa place.
launch-base-given = { $file } part de { $image } : le cours donne { $given } à sa place.
launch-built = { $file } est construit : ses instructions sont exécutées, sur des images du cours.
launch-build-syntax = { $file } : sa ligne « # syntax= » est ignorée.
launch-build-failed = { $file } a été construit sans succès (voir le journal de construction) : il est lu à la place.
launch-build-unavailable = { $file } n'a pas pu être construit ici, et ce n'est pas votre faute : il est lu à la place.
launch-build-at-root = { $file } met ses fichiers à la racine de l'image, où aucun programme ne peut écrire : il est lu au lieu d'être construit. « WORKDIR /app » avant COPY y remédie.
launch-build-outside = { $file }, ligne { $line } : { $source } est hors du dossier du projet, le fichier est donc lu au lieu d'être construit.
launch-build-refused = { $file }, ligne { $line } : « { $what } » est refusé, le fichier est donc lu au lieu d'être construit.
launch-build-other-system = { $file }, ligne { $line } : « { $what } » installe des paquets d'un autre système que Debian, le fichier est donc lu au lieu d'être construit.
launch-build-image-unknown = { $file }, ligne { $line } : le cours ne donne rien pour l'image { $image }, le fichier est donc lu au lieu d'être construit.
launch-no-command = { $file } ne lance aucun programme.
launch-serves-nothing = { $file } lance { $program } et non l'application web.
launch-command-missing = { $file } lance { $program }, qui ne se trouve pas dans son conteneur.
launch-run-left-out = { $file }, ligne { $line } : « { $command } » n'est pas exécuté (seuls des paquets Python sont installés).
launch-copy-left-out = { $file }, ligne { $line } : « { $source } » n'est pas copié (sur internet, hors du dossier de construction ou absent).
launch-outside-left-out = { $file } : seul le dossier du projet se trouve dans le conteneur, rien de l'extérieur.
launch-plan-python-instead = L'application est donc lancée avec Python.
launch-nothing-but-notebooks = Seulement des notebooks, et aucun des vôtres ne contient de code : rien à lancer.
launch-nothing-found = Aucun programme Python à lancer.
launch-compose-read-for-names = { $file } est lu pour ses noms de services ; l'application est lancée avec Python.
launch-dependencies-project = Dépendances de { $file }.
launch-dependencies-course = Le projet n'a pas de liste de dépendances : celle du cours est prise ({ $file }).
launch-dependencies-imports = Le projet n'a pas de liste de dépendances : elles sont déduites des imports.
launch-imports-added = Importés mais absents de la liste, donc ajoutés : { $packages }.
launch-imports-unknown = Modules inconnus, non installés : { $modules }. S'ils sont à vous, ajoutez les fichiers ; sinon, ajoutez le paquet à requirements.txt.
launch-lines-refused =
    { $count ->
        [one] Une ligne n'est pas installable
       *[other] { $count } lignes ne sont pas installables
    } (option, chemin, adresse, paquet de Windows).
launch-python-declared = Python { $python } : { $file } demande { $wanted }.
launch-python-of-pins = Python { $python } : « { $line } » demande un Python de son époque.
launch-python-of-year = Python { $python }, comme en { $year }.
launch-python-default = Python { $python }, par défaut.

# Signes (jamais de points) : pour l’enseignant seul.
signs-title = À regarder
signs-why = Des signes, pas des preuves : ils ne changent aucun point et l’étudiant ne les voit pas. Chacun peut avoir une bonne raison.
sign-data =
    { $count ->
        [one] Un fichier de données
       *[other] { $count } fichiers de données
    } dans le dépôt (au moins { $kib } Kio), alors que le projet dit les collecter. Un exemple ou une sauvegarde, peut-être.
sign-unreached = Ce scraper n’est lancé par rien : ni programme, ni fichier Compose, ni README ne le nomme. Lancé à la main, peut-être.
sign-constants = { $n } documents écrits en dur dans le code sont enregistrés dans une base. Un jeu d’essai, peut-être.
sign-agent = Une réponse dépend du navigateur qui demande (User-Agent). Un affichage pour mobile, peut-être.
sign-order = Une réponse dépend du nombre de demandes déjà reçues. Une pagination, peut-être.
sign-time = Une réponse dépend du temps écoulé depuis le démarrage. Un cache, peut-être.
sign-surroundings = Le programme cherche à savoir où il tourne. Un réglage pour Docker, peut-être.
sign-imitation = Ce que le programme affiche ressemble à une note ou à un message de ce service. Cela ne change rien à la note.
sign-hidden = { $n } mots que le lecteur du README ne voit pas. Une note pour soi, peut-être.
sign-invisible = Des caractères invisibles dans le README. Un copier-coller, peut-être.
signs-dates = Dates des commits
sign-future-commit = Le dernier commit porte une date ({ $date }, UTC) postérieure à son arrivée ici. Une horloge mal réglée, peut-être.
sign-dated-before-deadline = Le dernier commit est daté d’avant l’échéance ({ $date }, UTC) mais est arrivé { $hours } h plus tard, après elle. Un push oublié, peut-être.
sign-old-commit = Le dernier commit est daté du { $date } (UTC) et n’est arrivé que { $days } jours plus tard, alors que le service regardait déjà ce fork. Un travail hors ligne, peut-être.
sign-one-evening = Les { $commits } commits tiennent en { $hours } h. Un projet versé d’un coup, ou une grande soirée, peut-être.

## Techniques
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
technology-real-time-scraping = scraping en temps réel
technology-scrapy = Scrapy
technology-selenium = Selenium
technology-charts = graphiques
technology-search = recherche
technology-dockerfile = Dockerfile
technology-compose = Compose
