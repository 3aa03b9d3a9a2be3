import json
from flask import Flask, render_template, request
from pymongo import MongoClient

app = Flask(__name__)
parcs = MongoClient("localhost", 27017).nantes.parcs


@app.route("/")
def index():
    filtre = {"jeux": True} if request.args.get("jeux") else {}
    return render_template("index.html", parcs=list(parcs.find(filtre).sort("hectares", -1)))


@app.route("/quartiers")
def quartiers():
    lignes = parcs.aggregate([{"$group": {"_id": "$quartier", "hectares": {"$sum": "$hectares"}}}, {"$sort": {"hectares": -1}}])
    return render_template("quartiers.html", lignes=list(lignes))


if __name__ == "__main__":
    if parcs.count_documents({}) == 0:
        with open("parcs.json", encoding="utf-8") as f:
            parcs.insert_many(json.load(f))
    app.run(host="0.0.0.0")
