from flask import Flask, render_template, request
from pymongo import MongoClient

app = Flask(__name__)
app.config["SECRET_KEY"] = "b2f7c1d09a6e4d53"
jeux = MongoClient("mongodb://localhost:27017").ludotheque.jeux


@app.route("/")
def index():
    joueurs = request.args.get("joueurs", type=int)
    duree = request.args.get("duree", type=int)
    requete = {}
    if joueurs:
        requete["joueurs.0"] = {"$lte": joueurs}
        requete["joueurs.1"] = {"$gte": joueurs}
    if duree:
        requete["duree"] = {"$lte": duree}
    return render_template("index.html", jeux=list(jeux.find(requete).sort("note", -1)), joueurs=joueurs, duree=duree)


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000, debug=True)
