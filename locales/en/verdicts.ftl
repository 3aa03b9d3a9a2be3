verdict-shows-data = shows data
