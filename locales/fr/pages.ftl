# Les pages : navigation, tableau de bord, fiche d’un fork, page de l’étudiant, erreurs.

skip = Aller au contenu
languages = Langue
sign-out = Se déconnecter
sign-out-everywhere = Se déconnecter partout
sign-out-everywhere-why = Met fin à toutes vos sessions, sur tous vos appareils
moment-yesterday = hier
month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.

## Entrer

signin-title = Bonjour
signin-lead = Cette page montre le travail rendu et ce qui en a été vu. Elle s’ouvre avec un lien personnel.
signin-lead-github = Cette page montre le travail rendu et ce qui en a été vu.
signin-github = Se connecter avec GitHub
signin-github-how = Pour qui possède un fork ou figure sur la liste de la classe, et pour les enseignant·es. Seul votre profil public est lu, une fois ; rien n’est gardé de l’autorisation donnée à GitHub.
signin-no-github = La connexion avec GitHub n’est pas configurée ici : on entre par un lien.
signin-student = Vous êtes étudiant·e
signin-student-how = Ouvrez le lien personnel que votre enseignant·e vous a envoyé. Perdu ? Demandez-en un nouveau : l’ancien cessera de fonctionner.
signin-teacher = Vous êtes enseignant·e
signin-teacher-how = Ouvrez le lien affiché dans le terminal au démarrage de « forkgrade serve ». Il sert une seule fois ; un redémarrage en affiche un nouveau.
link-title = Lien personnel
link-for = Lien personnel de { $n }
link-once = Copiez-le maintenant : il ne sera plus jamais affiché.
link-replaces = Le lien précédent, s’il y en avait un, ne fonctionne plus.
link-make = Créer un lien
link-renew = Renouveler le lien

## Erreurs : ce qui s’est passé, puis quoi faire

error-home = Revenir à l’accueil
error-id = Référence à donner à la personne qui administre ce service :
error-not-found = Cette page n’existe pas
error-not-found-next = Vérifiez l’adresse, ou repartez de l’accueil.
error-sign-in = Il faut d’abord se connecter
error-sign-in-next = Ouvrez votre lien personnel, ou, pour les enseignant·es, le lien affiché au démarrage du service. Une session dure quatorze jours.
error-teachers-only = Cette page est réservée aux enseignant·es
error-teachers-only-next = Votre propre retour se trouve sur votre page d’accueil.
error-students-only = Cette page est celle d’un·e étudiant·e
error-students-only-next = Le tableau de bord montre les mêmes informations, fork par fork.
error-link-spent = Ce lien ne fonctionne plus
error-link-spent-next = Il a déjà servi, a expiré ou a été remplacé. Étudiant·e : demandez un nouveau lien à votre enseignant·e. Enseignant·e : redémarrez « forkgrade serve », qui affiche un nouveau lien.
error-too-often = Un instant, s’il vous plaît
error-too-often-next = Vous, ou quelqu’un à la même adresse, avez demandé beaucoup de pages en peu de temps. Rien n’est perdu : attendez quelques secondes puis rechargez.
error-misdirected = Ce service porte un autre nom
error-misdirected-next = Utilisez l’adresse donnée par votre enseignant. Pour qui administre le service : FORKGRADE_PUBLIC_URL vaut { $n } ; indiquez l’adresse que les gens utilisent, et nommez le proxy placé devant dans FORKGRADE_TRUSTED_PROXIES.
error-cross-site = Cette demande ne vient pas de nos pages
error-cross-site-next = Elle a été refusée par sécurité. Revenez à l’accueil et recommencez depuis la page elle-même.
error-sign-in-spent = Cette connexion n’est plus valable
error-sign-in-spent-next = Elle a été commencée dans un autre navigateur ou onglet, est déjà terminée ou a trop duré. Revenez à l’accueil et connectez-vous à nouveau.
error-sign-in-denied = GitHub n’a pas dit qui vous êtes
error-sign-in-denied-next = Vous avez refusé, ou GitHub l’a fait. Revenez à l’accueil pour vous connecter malgré tout, ou ouvrez votre lien personnel.
error-sign-in-refused = GitHub a refusé cette connexion
error-sign-in-refused-next = Revenez à l’accueil et connectez-vous à nouveau. Si cela se reproduit, la personne qui administre ce service doit vérifier GITHUB_OAUTH_CLIENT_ID et GITHUB_OAUTH_CLIENT_SECRET.
error-stranger = « { $n } » n’est pas connu dans ce cours
error-stranger-next = Étudiant·e : forkez le dépôt du cours sur GitHub avec ce compte et réessayez dans quelques minutes, ou demandez à votre enseignant·e d’ajouter ce compte à la liste de la classe. Enseignant·e : ajoutez-le à « teachers » dans course.toml.
error-github-away = GitHub ne répond pas
error-github-away-next = Réessayez dans une minute, ou ouvrez votre lien personnel, qui fonctionne sans GitHub.
error-bad-request = Cette demande n’a pas été comprise
error-bad-request-next = Revenez à l’accueil et recommencez.
error-too-large = C’est trop volumineux
error-too-large-next = Envoyez moins de données à la fois.
error-unsupported-type = Ce format n’est pas accepté
error-unsupported-type-next = Choisissez « application/json » comme type de contenu.
error-no-webhook-secret = Les webhooks ne sont pas configurés
error-no-webhook-secret-next = Définissez GITHUB_WEBHOOK_SECRET, redémarrez le service, puis demandez à GitHub de renvoyer cet événement.
error-bad-signature = La signature ne correspond pas
error-bad-signature-next = Donnez au webhook le même secret que dans GITHUB_WEBHOOK_SECRET.
error-unavailable = Le service est momentanément indisponible
error-unavailable-next = Rechargez la page dans une minute. Rien n’est perdu : ce qui a été poussé sera noté.
error-internal = Une erreur s’est produite de notre côté
error-internal-next = Elle ne vient pas de vous et ne coûte aucun point. Rechargez la page ; si cela se reproduit, transmettez la référence ci-dessous.

## Tableau de bord

dashboard-forks = { $n ->
    [one] { $n } fork
   *[other] { $n } forks
 }
dashboard-deadline = échéance : { $n }
dashboard-swept = GitHub consulté : { $n }
dashboard-never-swept = GitHub pas encore consulté
dashboard-delivery = dernier webhook : { $n }
sweep-waits = La limite de requêtes de GitHub est atteinte jusqu’à { $n } : les pushs sans webhook seront vus après. Un GITHUB_TOKEN, ou une application GitHub, a sa propre limite.
sweep-trouble = La dernière consultation de GitHub a échoué ; une nouvelle tentative suivra.
publication-show = Publier les résultats
publication-hide = Masquer les résultats
links-make = { $n ->
    [one] Créer le lien manquant (CSV)
   *[other] Créer les { $n } liens manquants (CSV)
 }
links-make-why = Télécharge un fichier avec un lien personnel pour chaque étudiant·e qui n’en a pas
show-all = Tous
show-handed-in = ont rendu
show-runs = fonctionnent
show-shows-data = montrent des données
show-nothing = rien rendu
show-ours = à réparer chez nous
show-late = en retard
show-pending = en cours
queue-title = En direct
queue-empty = Rien en cours : tout ce qui a été poussé est noté.
queue-waits = en attente
queue-again = nouvel essai
queue-more = { $n ->
    [one] et encore { $n } en attente
   *[other] et encore { $n } en attente
 }
changes-title = Derniers changements
changes-none = Aucune note pour l’instant.
histogram-title = Répartition des notes
histogram-none = Pas encore de note à montrer.
histogram-median = médiane { $n }
histogram-mean = moyenne { $n }
histogram-count = { $n ->
    [one] { $n } projet rendu
   *[other] { $n } projets rendus
 }
list-title = Tous les forks
list-caption = Un fork par ligne ; les titres de colonnes trient le tableau.
list-count = { $n ->
    [0] aucun fork
    [one] { $n } fork
   *[other] { $n } forks
 }
list-no-forks = Aucun fork pour l’instant. Dès qu’une étudiante ou un étudiant forkera le dépôt du cours, il apparaîtra ici.
list-nothing-found = Aucun fork ne correspond.
list-show-all = Tout afficher
views = Affichage
view-forks = Forks
view-criteria = Critères
search-label = Rechercher
search-placeholder = Nom, identifiant ou dépôt
search-go = Chercher
filter-label = Filtrer
column-name = Étudiant·e
column-fork = Fork
column-project = Rendu
column-verdict = Vu à l’exécution
column-total = Note
column-bonus = Bonus
column-late = Retard
column-push = Dernier push
column-run = État
heat-caption = Un fork par ligne, un critère par colonne ; la première ligne donne le pourcentage de points obtenus par la classe.
heat-class = Classe, en %
fork-archived = archivé
run-place = en attente, n° { $n }
run-ours = à réparer chez nous
run-newer = noté, version plus récente
run-done = noté
run-not-counted = pas encore noté

## Progression

progress-place = { $n ->
    [1] Votre tour est le prochain
   *[other] En attente : { $n }e dans la file
 }
progress-again = Nouvel essai dans un instant
progress-waits = En attente
progress-commit = demandé : { $n }

## Fiche d’un fork

back-to-forks = Tous les forks
fork-branch = branche { $n }
fork-project-repository = projet dans { $n }
fork-no-submission = Rien n’a été poussé dans ce fork depuis que le service le connaît.
fork-no-score = Pas encore de note pour cette version.
run-again = Exécuter à nouveau
run-again-why = Exécute cette version même si un résultat identique est déjà connu
ours-fork = Ce fork n’a pas pu être récupéré, et c’est à nous de réparer.
ours-run = { $n ->
    [one] L’exécution a échoué de notre côté.
   *[other] L’exécution a échoué { $n } fois de notre côté.
 }
ours-costs-nothing = Cela ne coûte aucun point. « Exécuter à nouveau » réessaie, une fois la cause réparée.
findings-title = Critères
finding-bonus = bonus
sum-base = Base
sum-bonus = Bonus
sum-late = Retard
fork-title = Ce qui a été rendu
fork-state = État
fork-folder = Dossier
fork-files = Fichiers
fork-files-own = propres
notes-title = Ce qu’est devenu le fork
fork-refused = Refusé
fork-too-large = Trop volumineux
fork-secret = Secret dans le code
fork-commits = Commits propres
fork-days = { $n ->
    [one] sur { $n } jour
   *[other] sur { $n } jours
 }
fork-authors = Auteurs
plan-title = Comment le projet est lancé
plan-port = port
plan-refused = Lignes de dépendances ignorées :
step-load = prépare
step-beside = tourne à côté
step-serve = sert
origin-project = dépendances de { $n }
origin-course = dépendances du cours ({ $n })
origin-imports = dépendances déduites du code
origin-none = aucune dépendance
seen-title = Ce qui a été vu
seen-ports = ports
pages-title = Pages vues
pages-path = Adresse
pages-status = Réponse
pages-name = Titre et début du texte
pages-data = Éléments
pages-size = Taille
pages-time = Temps
pages-no-answer = aucune
selenium-absent = Le projet veut piloter un navigateur, et cette machine n’en a pas pour lui.
screenshots-title = Captures d’écran
screenshots-no-browser = Pas de captures d’écran : cette machine n’a pas d’image de navigateur (scripts/images browser la fabrique).
screenshot-alt = Capture d’écran de { $path } : « { $title } », réponse { $status }
screenshot-text = { $n ->
    [one] { $n } caractère visible
   *[other] { $n } caractères visibles
 }
screenshot-data = { $n ->
    [one] { $n } élément
   *[other] { $n } éléments
 }
screenshot-dialogs = { $n ->
    [one] une fenêtre de message fermée
   *[other] { $n } fenêtres de message fermées
 }
screenshot-not-found = La page demande { $path } et ne l’obtient pas ({ $reason }).
screenshot-outside = Non chargé, car une exécution ne l’atteint pas : { $n }
screenshot-console = { $n ->
    [one] Une erreur dans la console du navigateur
   *[other] { $n } erreurs dans la console du navigateur
 }
screenshot-console-more = … et { $n } de plus
screenshot-not-loaded = Pas d’image : le navigateur n’a pas pu charger la page ({ $n }).
screenshot-leads-out = Pas d’image : la page envoie ses visiteurs vers { $n }, qu’une exécution n’atteint pas.
screenshot-download = Pas d’image : cette adresse est un fichier à enregistrer et non une page.
screenshot-crashed = Pas d’image : la page demande plus de mémoire que le navigateur n’en a ici.
screenshot-never-rests = Pas d’image : les scripts de la page ne laissent jamais le navigateur en repos.
screenshot-no-picture = Pas d’image : ce que le navigateur a rendu de cette page n’en est pas une.
screenshot-browser-ended = Pas d’image : ce qui précédait était trop pour le navigateur.
seen-listening-after = à l’écoute après { $n }
feedback-listening-after = Votre application était prête { $n } après son démarrage.
process-cpu = { $n } de processeur
gallery-title = Galerie
gallery-all = Tous
gallery-data = Montrent des données
gallery-empty = Vides
gallery-not-started = Ne démarrent pas
gallery-nothing = Aucun projet dans ce cas.
gallery-no-picture = Pas d’image
gallery-alt = Première page : « { $n } »
database-silent = ne répond plus
database-items = { $n } éléments
database-nothing = Les bases de données sont restées vides.
stand-in = « { $n } » est ici un remplaçant qui parle le même protocole : le vrai serveur n’est pas disponible sur cette machine.
stand-in-tag = remplaçant
build-log = Construction de
build-built = construit
build-failed = échouée
build-unavailable = impossible ici
build-cached = trouvée prête
install-log = Installation
install-nothing = rien à installer
install-installed = réussie
install-refused = refusée
install-limit-struck = limite atteinte
installed-packages = { $n ->
    [one] { $n } paquet installé
   *[other] { $n } paquets installés
 }
installed-cached = déjà prêts
end-exited = terminé, code { $n }
end-stopped = en marche jusqu’au bout
end-limit-wall-time = temps dépassé
end-limit-memory = mémoire épuisée
end-limit-output = trop de sortie
out-of-memory = mémoire épuisée
log-dropped = … { $n } omis …
images-title = Images utilisées
provenance-title = Provenance
provenance-why = La note découle entièrement de ceci ; les mêmes valeurs donnent la même note sur toute machine.
provenance-commit = Commit
provenance-project-commit = Commit du dépôt du projet
provenance-tree = Arbre du projet
provenance-rubric = Barème
provenance-inspection = Faits, lecture
provenance-execution = Faits, exécution
provenance-program = Programme
provenance-current = en vigueur
submissions-title = Versions reçues
of-record = fait foi
of-record-student = c’est cette version qui compte
runs-title = Exécutions
run-reused = résultat repris
run-forced = forcée
run-attempts = { $n } essais
students-title = Étudiant·es
students-none = Personne n’est rattaché à ce fork.

## Page de l’étudiant

feedback-title = Mon retour
feedback-hello = Bonjour { $n }
feedback-no-fork = Nous ne connaissons pas encore de fork à votre nom. Voici comment commencer :
feedback-nothing-yet = Votre fork est connu, mais rien n’y a encore été poussé. Voici la suite :
feedback-received = Version reçue :
feedback-received-at = le
feedback-not-graded = Cette version n’est pas encore notée. La page se mettra à jour toute seule.
feedback-late = Rendu en retard ; points retirés, déjà comptés dans la note : { $n }.
feedback-next = À faire ensuite
feedback-all-passed = Tout est réussi, bravo
feedback-passed = { $n ->
    [one] Réussi : { $n } critère
   *[other] Réussis : { $n } critères
 }
feedback-skipped = Pas évalué cette fois
feedback-seen = Ce que votre application a fait
feedback-plan = Comment nous l’avons lancée
feedback-data = Données trouvées à la fin
feedback-logs = Journaux
ours-student = Un problème de notre côté empêche de noter votre dernier push.
ours-student-more = Vous n’avez rien à faire et cela ne coûte aucun point. Votre enseignant·e en est informé·e.
hidden-title = Bien reçu
hidden-until = Votre travail est enregistré. Le retour détaillé sera visible à partir du { $n }.
hidden-until-published = Votre travail est enregistré. Le retour détaillé sera visible quand votre enseignant·e le publiera.
home-title = Vérifier chez vous avant de pousser
home-how = Les mêmes vérifications, sans exécution ni base de données, dans votre copie de travail :
start-fork = Forkez { $n } sur GitHub.
start-work = Placez votre application dans le dossier du projet, avec son fichier de dépendances.
start-readme = Remplissez le README : à quoi sert l’application, comment l’installer, comment la lancer.
start-push = Poussez. Une minute plus tard, cette page vous dit ce qui a été vu et quoi améliorer.
tale-install-failed = Vos dépendances n’ont pas pu être installées ; l’application n’a donc pas démarré.
tale-crashed-at-start = Votre application s’est arrêtée au démarrage.
tale-never-listened = Votre application a démarré, mais aucun port n’a jamais répondu.
tale-answers-errors = Votre application écoute, mais ne répond que par des erreurs.
tale-ran-empty = Vos scripts sont allés au bout, sans rien enregistrer ni servir.
tale-ran-and-stored = Vos scripts sont allés au bout et ont rempli une base de données.
tale-starts-empty = Votre application démarre et répond, mais n’affiche encore aucune donnée.
tale-shows-data = Votre application démarre, répond et affiche des données.
tale-project-submitted = Votre projet a été lu ; il n’a pas été exécuté.
tale-project-documents-only = Des documents sont là, mais aucun programme à lancer.
tale-project-template = Le dossier du projet est encore le modèle du cours.
tale-project-missing = Aucun projet n’a été trouvé dans votre fork.
tale-project-gitlink = Le dossier du projet est un dépôt imbriqué : sur GitHub, il est vide.
tale-project-empty-repository = Votre fork ne contient aucun fichier.
tale-project-elsewhere-unreadable = Le dépôt séparé que vous avez indiqué n’a pas pu être lu.

## Ressemblances
similarity-title = Ressemblances
similarity-why = Passages que deux forks ont en commun sans les tenir du cours, même renommés : code, notebooks, README. Ce que tout le monde écrit n'est pas compté. Un indice à regarder, qui ne change aucune note.
similarity-never = La comparaison se fait dès que la file est vide.
similarity-compared = { $n } forks comparés
similarity-missing = { $n } pas encore récupérés
similarity-none = Aucun passage en commun.
similarity-forks = Forks
similarity-percent = En commun
similarity-tokens = Symboles
similarity-passages = Passages
similarity-partners = partenaires
similarity-shared = { $n } % du plus petit des deux
similarity-in-tokens = { $n } symboles
similarity-in-passages =
    { $n ->
        [one] { $n } passage
       *[other] { $n } passages
    }

# La liste de classe.
roster-title = Liste de classe
roster-link = Liste de classe
roster-listed =
    { $n ->
        [0] Personne dans la liste
        [one] Un étudiant dans la liste
       *[other] { $n } étudiants dans la liste
    }
roster-strays =
    { $n ->
        [one] Un fork de personne dans la liste
       *[other] { $n } forks de personne dans la liste
    }
roster-without-fork =
    { $n ->
        [one] Un étudiant sans fork
       *[other] { $n } étudiants sans fork
    }
roster-import-title = Importer une liste
roster-import-why = Un fichier CSV avec une colonne d’identifiants GitHub ; noms, adresses et groupes sont repris s’il y en a. L’export de Moodle est lu tel quel. Vous voyez ce qui changerait avant que rien ne change.
roster-file = La liste de classe
roster-look = Voir ce qui changerait
roster-preview-title = Ce qui changerait
roster-moved = La classe a changé depuis votre aperçu. Voici ce que la liste changerait maintenant.
roster-new = { $n } à ajouter
roster-changed = { $n } à modifier
roster-unchanged = { $n } sans changement
roster-gone = { $n } hors de cette liste
roster-no-login = { $n } sans identifiant
roster-gone-why = Dans une liste précédente et pas dans celle-ci : reste, avec tout ce qui a été rendu.
roster-no-login-why = Sans identifiant GitHub : l’étudiant reste dans la liste, en attente du sien.
roster-nothing = La classe est exactement comme le dit cette liste.
roster-import = Importer
roster-field-login = identifiant
roster-field-name = nom
roster-field-email = adresse
roster-field-group = groupe
roster-field-listed = entre dans la liste
roster-mistakes-title = Cette liste ne peut pas être importée
roster-mistakes-why = Rien n’a été changé. Corrigez ces lignes et envoyez le fichier à nouveau.
roster-line = Ligne { $n }
roster-too-large = Le fichier dépasse { $mib } Mio : ce n’est pas une liste de classe.
roster-empty = Le fichier est vide.
roster-unreadable = À partir d’ici, les colonnes ne se distinguent plus : cherchez un guillemet jamais refermé.
roster-no-login-column = Ni colonne d’identifiants GitHub (nommez-en une « GitHub » ou « login »), ni noms avec des adresses de courriel. Trouvé : { $found }
roster-nobody = La liste ne nomme personne.
roster-bad-login = Colonne { $column } : « { $login } » n’est pas un identifiant GitHub : lettres, chiffres et tirets, ou l’adresse du profil.
roster-twice = { $what } figure déjà à la ligne { $line } : un identifiant appartient à un seul étudiant. Des partenaires sur un même fork ont chacun le leur, et le même groupe.
roster-strays-title = Forks de personne dans la liste
roster-strays-why = Leurs propriétaires sont notés sous leur identifiant GitHub. Dites à qui est chacun, ou importez une liste qui les nomme.
roster-student = Étudiant
roster-choose = Choisir un étudiant…
roster-attach = Rattacher
roster-detach = Détacher
roster-without-title = Étudiants sans fork
roster-without-why = Ils n’ont pas forké le cours, ou l’identifiant de la liste n’est pas celui qu’ils utilisent : corrigez-le dans la liste et réimportez-la. Les membres d’un groupe partagent le fork de celui qui en a un.

instant-title = Être noté dès le push
instant-why = Sans rien faire, un push est vu dans les { $n } minutes. Ce qui suit le fait voir tout de suite. Cela ne rapporte ni ne coûte aucun point.
instant-back = Retour à vos commentaires
instant-app = Installer l’application { $n }
instant-app-why = Le plus simple. GitHub prévient à chaque push, et les commentaires apparaissent aussi sur le commit.
instant-app-open = Ouvrez
instant-app-choose = Choisissez « Only select repositories », puis { $n } et aucun autre.
instant-app-install = Cliquez sur « Install ». Le prochain push est vu aussitôt.
instant-hook = Ajouter un webhook à votre fork
instant-hook-why = GitHub prévient à chaque push, sans application à installer.
instant-hook-open = Dans votre fork, « Settings », « Webhooks », « Add webhook » :
instant-hook-events = Laissez « Just the push event » et « Active » cochés, puis « Add webhook ».
instant-hook-check = GitHub affiche une coche verte à côté de l’adresse : la réponse est « pong ». Une croix rouge ? Ouvrez la livraison : la réponse dit ce qui manque.
instant-hook-secret = Ce secret ne vaut que pour votre fork. Ne le mettez pas dans votre code.
instant-nothing = Ne rien faire
instant-nothing-why = Tous les forks sont parcourus toutes les { $n } minutes : aucun push n’est oublié, et c’est l’heure où il a été vu qui compte.
feedback-instant = Être noté dès le push, sans attendre le prochain passage
link-revoke = Retirer le lien
roster-bad-email = Colonne { $column } : « { $email } » n’est pas une adresse de courriel.
roster-email-twice = { $what } figure déjà à la ligne { $line } : deux étudiants n’ont pas la même adresse.
roster-unclosed = Un guillemet s’ouvre ici et ne se referme pas : les lignes suivantes seraient avalées. Fermez-le, ou enlevez-le.
roster-spreadsheet = C’est un classeur (xlsx, ods ou xls). Dans le tableur, « Enregistrer sous », choisissez CSV (UTF-8), et envoyez ce fichier-là.
roster-two-login-columns = Deux colonnes contiennent des identifiants GitHub : « { $one } » et « { $other } ». Gardez-en une.
roster-export = Exporter en CSV
roster-last-import = Dernière importation :
roster-shares = partage le fork { $n } de son groupe
roster-awaited-title = Étudiants dont l’identifiant manque
roster-awaited-why = Une liste les nomme sans identifiant GitHub. Écrivez-le ici, ou importez une liste qui le contient.
roster-login = Identifiant GitHub
roster-login-save = Enregistrer
roster-unlist = Retirer de la liste
roster-list-title = La liste

hidden-criteria = Critères évalués sans détail :
sums-title = Comment cette note est calculée
finding-hidden = caché aux étudiants

## Le journal
audit-title = Journal
audit-why = Tout ce qui a touché à une note, du plus récent au plus ancien. Rien ici ne peut être modifié.
audit-link = Journal
audit-of-fork = Tout ce qui a touché à cette note
audit-export = Exporter en CSV
audit-fork = Fork
audit-every-fork = tous les forks
audit-person = Identifiant ou nom
audit-action = Ce qui a été fait
audit-every-action = tout
audit-nothing = Personne n’a encore touché à une note.
audit-nothing-found = Rien de tel n’a été fait.
audit-newest = ← Les plus récents
audit-older = Plus anciens →
audit-to = devient
audit-field-points = points
audit-field-total = note
audit-field-until = échéance
audit-field-grace = tolérance, en minutes
audit-field-penalty = pénalité par jour
audit-field-late-days = jours de retard
audit-field-visibility = visibilité
audit-field-scale = note maximale
audit-action-rules-changed = Échéance ou visibilité modifiée
audit-field-rubric = barème
audit-field-scores = versions
audit-field-totals = notes changées
audit-field-which = lesquels
audit-field-runs = exécutions
audit-field-login = identifiant
audit-field-name = nom
audit-field-forks = forks
audit-action-override-set = Points donnés à la main
audit-action-override-undone = Points à la main annulés
audit-action-extension-given = Délai accordé
audit-action-extension-taken = Délai retiré
audit-action-published = Résultats publiés
audit-action-unpublished = Résultats masqués
audit-action-rubric-applied = Barème appliqué
audit-action-rescored = Classe notée à nouveau
audit-action-run-forced = Exécution relancée
audit-action-attached = Étudiant rattaché
audit-action-detached = Étudiant détaché
audit-action-unlisted = Étudiant retiré de la liste
audit-action-login-mended = Identifiant corrigé
actor-teacher = un enseignant, par lien
actor-course-file = course.toml
actor-command = ligne de commande
quoted = « { $n } »

## Enregistrements
recordings-title = Réseau
recordings-why = Ce que les hôtes ont répondu aux programmes de ce cours. Là où le cours enregistre, chaque question est posée une seule fois, et les exécutions suivantes de tout le monde reçoivent la même réponse.
recordings-none = Rien n'est enregistré.
recordings-allow = les programmes peuvent demander
recordings-assets = les captures peuvent charger depuis
recordings-held = { $n } réponses
recordings-host = Hôte
recordings-answers = Réponses
recordings-size = Taille
recordings-oldest = Plus ancienne
recordings-newest = Plus récente
recordings-request = Requête
recordings-when = Enregistrée
recordings-by = par
recordings-forget = Oublier
recordings-forget-why = Ce qui est oublié est redemandé par la prochaine exécution qui en a besoin. Les exécutions terminées gardent leurs faits et leurs notes ; « Relancer » sur la page d'un fork regarde à nouveau.
recordings-headers = En-têtes
recordings-address = Contenu
recordings-body = Réponse
recordings-no-text = Cette réponse n'est pas un texte.
egress-none = rien ne sort du bac à sable
egress-allow-list = des hôtes nommés répondent
egress-record-replay = des hôtes nommés sont enregistrés
network-title = Réseau
network-requests = Requêtes sorties du bac à sable
network-refused-title = Pas laissé passer
network-by-browser = capture
network-end = Issue
network-passed = { $n } répondues
network-recorded = { $n } enregistrées
network-replayed = { $n } depuis les enregistrements
network-failed = { $n } en échec
network-beyond = { $n } autres requêtes ont été comptées.
network-set = Enregistrements depuis { $n } :
refusal-not-allowed = n'est pas nommé par le cours
refusal-not-here = n'est pas un service de cette exécution
refusal-method = a été demandé avec une méthode qui ne passe pas
refusal-inside = mène à une adresse privée
refusal-at-odds = a été demandé sous deux noms à la fois
refusal-upgrade = a été demandé pour un WebSocket
refusal-too-large = a reçu une requête trop grande
refusal-used-up = a été demandé au-delà de ce qu'une exécution peut
refusal-malformed = a reçu quelque chose qui n'est pas une requête
exchange-passed = répondue
exchange-recorded = répondue, enregistrée
exchange-replayed = depuis l'enregistrement
exchange-refused = pas laissée passer
exchange-failed = en échec

## README
readme-title = README
readme-words = { $n } mots
readme-all-of-it = Le texte du README
readme-kind-template = modèle du cours
readme-kind-text = texte brut
readme-kind-office = document bureautique
readme-others-title = Autres documents ({ $n })
readme-complaints-title = Ce que le lecteur de reStructuredText signale ({ $n })
readme-line = ligne { $n }
readme-image-at = image hors du dépôt, sur
readme-image-nowhere = image absente du dépôt
readme-view-template = Ce README est encore le modèle du cours.
readme-view-too-large = Ce README est trop volumineux pour être affiché ici.
readme-view-too-much = Ce README ne peut pas être affiché ici.
readme-view-unreadable = Ce document ne peut pas être lu ici.
readme-view-at-github = Le texte se lit sur GitHub.
place-open = Ouvrir { $n } sur GitHub
## Ce qui a été lu

code-title = Ce que fait le code
code-technologies = Utilise
code-routes = Routes
code-clients = Se connecte à
code-collections = Collections, index, clés
notebooks-title = Notebooks des chapitres
notebook-chapter = Chapitre du cours : { $n }
cell-number = Cellule
cell-state = État
cell-line = Première ligne
cell-error = erreur
cell-unrun = pas exécutée
fork-commits-of = { $n ->
    [one] { $n } commit
   *[other] { $n } commits
 }
fork-commits-with = coauteur de { $n }
fork-author-unknown = pas rattaché à ce fork
fork-behind = Retard sur le cours
fork-behind-by = { $n ->
    [0] à jour
    [one] { $n } commit
   *[other] { $n } commits
 }
cell-completed = répondu
cell-open = à faire
cell-comments-only = commentaires seulement
cell-solution = correction du cours
cell-added = ajout
## Ce que les enseignants décident
show-stale = à revoir
dashboard-stale = { $n ->
    [one] Points donnés à la main que les faits ont dépassés : un fork
   *[other] Points donnés à la main que les faits ont dépassés : { $n } forks
}
override-tag = corrigé par un enseignant
override-stale-tag = dépassé
override-stale-why = La vérification dit maintenant autre chose que lorsque ces points ont été donnés. Ils comptent jusqu’à ce que vous en donniez d’autres ou les annuliez.
override-check-gave = La vérification donnait { $n }.
override-open = Corriger
override-again = Corriger à nouveau, ou annuler
override-points = Points, sur { $n }
override-reason = Motif, pour l’étudiant
override-save = Enregistrer
override-undo = Annuler la correction
override-without-effect = Points à la main sans effet : le barème ne contient plus ces critères
points-unreadable = Ce n’est pas un nombre de points : écrivez 2, 1,5 ou 0,25.
points-out-of-range = Donnez entre { $min } et { $max } : c’est ce que ce critère peut donner ou retirer.
reason-missing = Dites pourquoi : l’étudiant le lit, et qui demandera plus tard aussi.
reason-too-long = Un motif de plus de { $n } caractères n’est pas lu.
extension-tag = délai accordé
extension-open = Accorder un délai
extension-until = A jusqu’au { $n }
extension-date = Nouvelle échéance ({ $n })
extension-reason = Motif, pour le journal
extension-remove = Retirer le délai
extension-without-effect = sans effet : l’échéance du cours n’est pas plus tôt
extension-nothing-due = Le cours n’a pas d’échéance : il n’y a rien à prolonger.
extension-not-later = L’échéance du cours est le { $due } : choisissez un moment plus tardif.
moment-unreadable = Ce n’est pas une date avec une heure.

## Ce qui a changé une note
steps-title = Comment cette note s’est faite
steps-first = La première note de cette version.
changed-title = Ce qui a changé dans votre note
changed-grade = Votre note a changé le { $at }, de { $before } à { $after } :
changed-points = Des points ont changé le { $at } ; la note reste { $after } :
moved-hidden = Critères évalués sans détail
