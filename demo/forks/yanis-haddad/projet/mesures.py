"""Les relevés dans MongoDB : import et requêtes."""
import csv
import os
from pathlib import Path

from pymongo import ASCENDING, MongoClient, UpdateOne

POLLUANTS = {"pm25": "particules fines (PM2,5)", "pm10": "particules (PM10)", "no2": "dioxyde d'azote", "o3": "ozone"}
SEUILS = {"pm25": 15, "pm10": 45, "no2": 25, "o3": 100}

base = MongoClient(os.environ.get("MONGO_URL", "mongodb://localhost:27017")).air


def importer():
    with open(Path(__file__).parent / "donnees" / "releves.csv", encoding="utf-8") as fichier:
        lignes = list(csv.DictReader(fichier))
    operations = []
    for ligne in lignes:
        cle = {"ville": ligne["ville"], "jour": ligne["jour"]}
        valeurs = {p: float(ligne[p]) for p in POLLUANTS}
        operations.append(UpdateOne(cle, {"$set": {**cle, **valeurs}}, upsert=True))
    base.releves.create_index([("ville", ASCENDING), ("jour", ASCENDING)], unique=True)
    base.releves.bulk_write(operations)


def villes():
    return sorted(base.releves.distinct("ville"))


def classement(polluant):
    moyennes = base.releves.aggregate([
        {"$group": {"_id": "$ville", "moyenne": {"$avg": "$" + polluant}, "pire": {"$max": "$" + polluant}}},
        {"$sort": {"moyenne": 1}},
    ])
    return [dict(m, depasse=m["moyenne"] > SEUILS[polluant]) for m in moyennes]


def de_la_ville(nom):
    return list(base.releves.find({"ville": nom}, {"_id": 0}).sort("jour", ASCENDING))
