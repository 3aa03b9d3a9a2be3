"""Bibliothèque : un moteur de recherche dans les classiques du domaine public."""
from flask import Flask, render_template, request

from recherche import chercher, compter_par_siecle, indexer

app = Flask(__name__)


@app.route("/")
def accueil():
    return render_template("resultats.html", titre="Tous les livres", livres=chercher(""), mots="")


@app.route("/recherche")
def recherche():
    mots = request.args.get("mots", "")
    return render_template("resultats.html", titre=f"Résultats pour « {mots} »", livres=chercher(mots), mots=mots)


@app.route("/siecles")
def siecles():
    return render_template("siecles.html", siecles=compter_par_siecle())


if __name__ == "__main__":
    indexer()
    app.run(port=5000)
