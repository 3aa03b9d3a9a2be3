"""Application Flask : les stations de vélos en libre-service de Lyon."""
from flask import Flask, abort, jsonify, render_template, request

from base import stations
from collecte import remplir

app = Flask(__name__)


def filtre_de(texte, arrondissement):
    filtre = {}
    if texte:
        filtre["nom"] = {"$regex": texte, "$options": "i"}
    if arrondissement:
        filtre["arrondissement"] = int(arrondissement)
    return filtre


@app.route("/")
def accueil():
    total = stations.count_documents({})
    velos = sum(s["velos"] for s in stations.find({}, {"velos": 1}))
    pleines = list(stations.find().sort("velos", -1).limit(10))
    return render_template("accueil.html", total=total, velos=velos, pleines=pleines)


@app.route("/stations")
def liste():
    texte = request.args.get("q", "").strip()
    arrondissement = request.args.get("arrondissement", "")
    if arrondissement and not arrondissement.isdigit():
        abort(400)
    trouvees = list(stations.find(filtre_de(texte, arrondissement)).sort("nom", 1))
    return render_template("stations.html", stations=trouvees, q=texte, arrondissement=arrondissement)


@app.route("/station/<int:numero>")
def station(numero):
    trouvee = stations.find_one({"_id": numero})
    if trouvee is None:
        abort(404)
    return render_template("station.html", station=trouvee)


@app.route("/graphiques")
def graphiques():
    etapes = [
        {"$group": {"_id": "$arrondissement", "velos": {"$sum": "$velos"}, "places": {"$sum": "$places"}}},
        {"$sort": {"_id": 1}},
    ]
    lignes = list(stations.aggregate(etapes))
    plus_haut = max((l["velos"] + l["places"] for l in lignes), default=1)
    return render_template("graphiques.html", lignes=lignes, plus_haut=plus_haut)


@app.route("/api/stations")
def api():
    return jsonify(list(stations.find().sort("_id", 1)))


if __name__ == "__main__":
    remplir()
    app.run(host="0.0.0.0", port=5000, debug=False)
