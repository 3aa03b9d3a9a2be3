import csv

from pymongo import MongoClient

communes = MongoClient("localhost").bretagne.communes


def charger():
    if communes.count_documents({}) > 0:
        return
    with open("donnees/communes.csv", encoding="utf-8") as fichier:
        for nom, departement, habitants in csv.reader(fichier):
            communes.insert_one({"nom": nom, "departement": departement, "habitants": int(habitants)})
