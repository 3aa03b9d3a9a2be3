"""Récupère les stations sur le portail open data, ou dans la copie du dépôt si le portail ne répond pas."""
import json
import pathlib

import requests
from pymongo import UpdateOne

from base import stations

PORTAIL = "https://data.grandlyon.example/fr/datapusher/ws/rdata/jcd_jcdecaux.jcdvelov/all.json"
COPIE = pathlib.Path(__file__).parent / "donnees" / "stations.json"


def telecharger():
    try:
        reponse = requests.get(PORTAIL, timeout=3)
        reponse.raise_for_status()
        return [traduire(s) for s in reponse.json()["values"]]
    except (requests.RequestException, ValueError, KeyError) as erreur:
        print("portail indisponible, on prend la copie :", type(erreur).__name__)
        return json.loads(COPIE.read_text(encoding="utf-8"))


def traduire(s):
    return {
        "_id": int(s["number"]),
        "nom": s["name"],
        "arrondissement": int(s["code_insee"]) % 10,
        "velos": s["available_bikes"],
        "places": s["available_bike_stands"],
        "lat": float(s["lat"]),
        "lon": float(s["lng"]),
    }


def remplir():
    """Met à jour la base : relancer ne crée pas de doublon, `_id` est le numéro de la station."""
    lues = telecharger()
    stations.bulk_write([UpdateOne({"_id": s["_id"]}, {"$set": s}, upsert=True) for s in lues])
    stations.create_index("arrondissement")
    print(len(lues), "stations en base")


if __name__ == "__main__":
    remplir()
