from flask import Flask, render_template, request
from pymongo import MongoClient
import csv

app = Flask(__name__)
client = MongoClient("localhost", 27017)
db = client["meteo"]

# chargement des données
donnees = []
with open("C:\\Users\\clara\\Documents\\E4\\data_engineer\\meteo_2025.csv", newline="") as fichier:
    for ligne in csv.DictReader(fichier):
        donnees.append(ligne)

if db.releves.count_documents({}) == 0:
    db.releves.insert_many(donnees)


@app.route("/")
def accueil():
    villes = db.releves.distinct("ville")
    return render_template("accueil.html", villes=villes)


@app.route("/ville")
def ville():
    nom = request.args["nom"]
    releves = list(db.releves.find({"ville": nom}))
    return render_template("ville.html", nom=nom, releves=releves)


if __name__ == "__main__":
    app.run(debug=True)
