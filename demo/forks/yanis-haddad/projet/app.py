"""Observatoire de la qualité de l'air : routes Flask."""
from datetime import date

from flask import Flask, abort, render_template, request

import mesures

app = Flask(__name__)


@app.context_processor
def communs():
    return {"villes": mesures.villes(), "annee": date.today().year}


@app.route("/")
def accueil():
    polluant = request.args.get("polluant", "pm25")
    if polluant not in mesures.POLLUANTS:
        abort(400)
    return render_template("accueil.html", lignes=mesures.classement(polluant), polluant=polluant, polluants=mesures.POLLUANTS)


@app.route("/ville/<nom>")
def ville(nom):
    releves = mesures.de_la_ville(nom)
    if not releves:
        abort(404)
    return render_template("ville.html", nom=nom, releves=releves)


@app.errorhandler(404)
def introuvable(_):
    return render_template("erreur.html", message="Cette page n'existe pas."), 404


if __name__ == "__main__":
    mesures.importer()
    app.run(host="0.0.0.0", port=5000)
