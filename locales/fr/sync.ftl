trouble-fetch-unreachable = Le serveur git est injoignable. Nouvel essai au prochain passage.
trouble-fetch-dropped = Le serveur git a coupé la connexion. Nouvel essai au prochain passage.
trouble-fetch-denied = Le serveur git refuse l’accès : vérifiez GITHUB_TOKEN.
trouble-fetch-disk-full = Le disque du miroir est plein : faites de la place dans le dossier FORKGRADE_DATA_DIR.
trouble-fetch-too-large = Le dépôt envoie plus de { $limit } Mio ; il n’est pas récupéré.
trouble-fetch-timed-out = La récupération a duré plus de { $seconds } secondes. Nouvel essai au prochain passage.
trouble-fetch-corrupt = Le serveur git a envoyé des données abîmées. Nouvel essai au prochain passage.
trouble-fetch-no-git = Le programme git manque sur cette machine : installez-le (apt-get install git).
trouble-fetch-other = La récupération a échoué : { $error }

# Ce qu’un fork est devenu.
fork-renamed = Renommé : { $from } s’appelle { $to }.
fork-transferred = { $from } est devenu { $to } : transféré, ou son propriétaire a changé de nom.
fork-branch-changed = La branche notée est { $to } ; c’était { $from }.
fork-was-archived = Archivé : plus aucun push avant que son propriétaire le rouvre.
fork-was-unarchived = De nouveau ouvert aux pushs.
fork-was-disabled = Désactivé par GitHub.
fork-came-back = De nouveau listé par GitHub.
fork-went = N’est plus listé par GitHub ; ce qui a été rendu est conservé.
fork-went-private = Rendu privé ; ce qui a été rendu est conservé.
fork-went-alone = N’est plus un fork du cours ; ce qui a été rendu est conservé.
fork-was-deleted = Supprimé ou rendu privé ; ce qui a été rendu est conservé.
fork-was-emptied = La branche notée ne contient plus de commit ; ce qui a été rendu est conservé.
fork-was-unreadable = GitHub ne nous laisse pas le lire.
fork-force-pushed = Historique réécrit : { $to } ne suit pas { $from }. Ce qui a été rendu est conservé.
