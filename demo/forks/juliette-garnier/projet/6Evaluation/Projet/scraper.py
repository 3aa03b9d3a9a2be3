"""Récupère le classement des jeux de société et le range dans MongoDB."""
import json
import sys

import requests
from bs4 import BeautifulSoup
from pymongo import MongoClient

ADRESSE = "https://jeux-de-plateau.example/classement?page={}"
jeux = MongoClient("mongodb://localhost:27017").ludotheque.jeux


def lire_page(html):
    soupe = BeautifulSoup(html, "html.parser")
    for carte in soupe.select("article.jeu"):
        joueurs = carte.select_one(".joueurs").get_text().split("-")
        yield {
            "nom": carte.h3.get_text(strip=True),
            "annee": int(carte["data-annee"]),
            "joueurs": [int(j) for j in joueurs],
            "duree": int(carte.select_one(".duree").get_text().split()[0]),
            "note": float(carte.select_one(".note").get_text().replace(",", ".")),
        }


def scraper():
    trouves = []
    for page in range(1, 4):
        reponse = requests.get(ADRESSE.format(page), timeout=5, headers={"User-Agent": "projet-etudiant"})
        reponse.raise_for_status()
        trouves += lire_page(reponse.text)
    return trouves


if __name__ == "__main__":
    try:
        liste = scraper()
    except requests.RequestException as e:
        print("site injoignable, on reprend le dernier résultat :", e, file=sys.stderr)
        with open("jeux.json", encoding="utf-8") as f:
            liste = json.load(f)
    for jeu in liste:
        jeux.replace_one({"nom": jeu["nom"]}, jeu, upsert=True)
    print(len(liste), "jeux")
