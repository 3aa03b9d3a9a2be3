# A lancer UNE fois avant l'application
import csv
from pymongo import MongoClient

client = MongoClient("localhost", 27017)
db = client["sncf"]


def nombre(texte):
    return int(texte) if texte else 0


def main():
    db.regularite.drop()
    documents = []
    with open("data/regularite_tgv.csv", encoding="utf-8") as f:
        for ligne in csv.DictReader(f, delimiter=";"):
            prevus = nombre(ligne["prevus"])
            retard = nombre(ligne["en_retard"])
            documents.append({
                "depart": ligne["depart"],
                "arrivee": ligne["arrivee"],
                "mois": ligne["mois"],
                "prevus": prevus,
                "annules": nombre(ligne["annules"]),
                "en_retard": retard,
                "ponctualite": round(100 * (prevus - retard) / prevus, 1),
            })
    db.regularite.insert_many(documents)
    print("%d lignes inserees" % len(documents))


if __name__ == "__main__":
    main()
