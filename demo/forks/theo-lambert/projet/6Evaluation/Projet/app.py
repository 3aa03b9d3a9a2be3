from flask import Flask, render_template, request
from pymongo import MongoClient

app = Flask(__name__)
db = MongoClient("localhost", 27017)["sncf"]


@app.route("/")
def index():
    depart = request.args.get("depart", "")
    filtre = {"depart": depart} if depart else {}
    liaisons = db.regularite.aggregate([
        {"$match": filtre},
        {"$group": {"_id": {"depart": "$depart", "arrivee": "$arrivee"}, "ponctualite": {"$avg": "$ponctualite"},
                    "prevus": {"$sum": "$prevus"}, "annules": {"$sum": "$annules"}}},
        {"$sort": {"ponctualite": -1}},
    ])
    return render_template("index.html", liaisons=list(liaisons), gares=sorted(db.regularite.distinct("depart")), depart=depart)


@app.route("/mois")
def mois():
    lignes = db.regularite.aggregate([
        {"$group": {"_id": "$mois", "ponctualite": {"$avg": "$ponctualite"}}},
        {"$sort": {"_id": 1}},
    ])
    return render_template("mois.html", lignes=list(lignes))


if __name__ == "__main__":
    app.run(debug=True)
