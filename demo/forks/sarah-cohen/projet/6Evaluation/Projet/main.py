import csv
import os

from dash import Dash, Input, Output, dcc, html
from flask import Flask, jsonify
from pymongo import MongoClient

MONGO = os.getenv("MONGO_URI", "mongodb://mongodb:27017/")
client = MongoClient(MONGO)
musees = client["culture"]["musees"]

server = Flask(__name__)
app = Dash(__name__, server=server, title="Les musées de France")


def remplir():
    if musees.estimated_document_count():
        return
    with open(os.path.join(os.path.dirname(__file__), "musees.csv"), encoding="utf-8") as fichier:
        lignes = [dict(l, entrees=int(l["entrees"])) for l in csv.DictReader(fichier)]
    musees.insert_many(lignes)


remplir()
regions = sorted(musees.distinct("region"))

app.layout = html.Div([
    html.H1("Fréquentation des musées"),
    dcc.Dropdown(["toutes"] + regions, "toutes", id="region"),
    dcc.Graph(id="graphique"),
])


@app.callback(Output("graphique", "figure"), Input("region", "value"))
def tracer(region):
    requete = {} if region == "toutes" else {"region": region}
    lignes = list(musees.find(requete).sort("entrees", -1).limit(15))
    return {
        "data": [{"type": "bar", "x": [l["nom"] for l in lignes], "y": [l["entrees"] for l in lignes]}],
        "layout": {"title": "Entrées par an"},
    }


@server.route("/donnees")
def donnees():
    return jsonify(list(musees.find({}, {"_id": 0})))


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8050)
