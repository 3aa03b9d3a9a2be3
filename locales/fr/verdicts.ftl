verdict-shows-data = affiche des données
