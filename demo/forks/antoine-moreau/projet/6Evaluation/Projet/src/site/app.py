from flask import Flask, render_template, request

from donnees.chargement import charger, communes

application = Flask(__name__)

TAILLES = {"village": (0, 2000), "bourg": (2000, 10000), "ville": (10000, 10**9)}


@application.route("/")
def accueil():
    nom = request.args.get("nom", "")
    taille = request.args.get("taille", "")
    filtre = {"nom": {"$regex": "^" + nom, "$options": "i"}}
    if taille in TAILLES:
        mini, maxi = TAILLES[taille]
        filtre["habitants"] = {"$gte": mini, "$lt": maxi}
    resultat = list(communes.find(filtre).sort("habitants", -1))
    return render_template("communes.html", communes=resultat, tailles=TAILLES, nom=nom)


@application.route("/departements")
def departements():
    lignes = communes.aggregate([
        {"$group": {"_id": "$departement", "habitants": {"$sum": "$habitants"}, "communes": {"$sum": 1}}},
        {"$sort": {"habitants": -1}},
    ])
    return render_template("departements.html", lignes=list(lignes))


if __name__ == "__main__":
    charger()
    application.run(debug=True, port=5001)
