raise SystemExit('pytest of the project')
