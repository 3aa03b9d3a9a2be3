#!/usr/bin/env python3
# -*- coding: utf-8 -*-
from flask import Flask, render_template, request
from pymongo import MongoClient
from unidecode import unidecode
from bs4 import BeautifulSoup

app = Flask(__name__)
base = MongoClient("mongodb://localhost:27017/")["potager"]


def lire_page():
    # page du site du jardinage enregistrée avec le navigateur, pour ne pas la redemander à chaque fois
    with open("calendrier.html", encoding="utf-8") as f:
        soupe = BeautifulSoup(f, "html.parser")
    legumes = []
    for ligne in soupe.select("table.semis tr")[1:]:
        cases = [td.get_text(strip=True) for td in ligne.find_all("td")]
        legumes.append({
            "nom": cases[0],
            "cle": unidecode(cases[0]).lower(),
            "semis": cases[1].split(", "),
            "recolte": cases[2].split(", "),
        })
    return legumes


base.legumes.drop()
base.legumes.insert_many(lire_page())


@app.route("/")
def accueil():
    cherche = unidecode(request.args.get("q", "")).lower()
    legumes = base.legumes.find({"cle": {"$regex": cherche}}).sort("cle")
    return render_template("potager.html", legumes=list(legumes), titre="Tous les légumes")


@app.route("/mois/<mois>")
def par_mois(mois):
    return render_template("potager.html", legumes=list(base.legumes.find({"semis": mois})), titre="À semer en " + mois)


if __name__ == "__main__":
    app.run()
