import csv

from flask import Flask, render_template, request
from pymongo import MongoClient

app = Flask(__name__)
app.secret_key = "f5Kd82hs9Qpl3xVv"

client = MongoClient()
db = client["cinema"]
films = db["films"]


def charger():
    # on vide pour ne pas avoir les films en double à chaque lancement
    films.delete_many({})
    with open("films.csv", encoding="utf-8") as f:
        for ligne in csv.DictReader(f, delimiter=";"):
            films.insert_one({
                "titre": ligne["titre"],
                "annee": int(ligne["annee"]),
                "realisateur": ligne["realisateur"],
                "genre": ligne["genre"],
                "note": float(ligne["note"]),
            })


@app.route("/")
def index():
    genre = request.args.get("genre")
    recherche = request.args.get("recherche", "")
    requete = {}
    if genre:
        requete["genre"] = genre
    if recherche:
        requete["titre"] = {"$regex": recherche, "$options": "i"}
    liste = list(films.find(requete).sort("note", -1))
    return render_template("index.html", films=liste, genres=sorted(films.distinct("genre")), recherche=recherche)


@app.route("/statistiques")
def statistiques():
    par_genre = films.aggregate([
        {"$group": {"_id": "$genre", "nombre": {"$sum": 1}, "moyenne": {"$avg": "$note"}}},
        {"$sort": {"nombre": -1}},
    ])
    return render_template("statistiques.html", genres=list(par_genre))


charger()

if __name__ == "__main__":
    app.run(debug=True)
