import time
from datetime import datetime

import requests
from flask import Flask, render_template
from pymongo import MongoClient

app = Flask(__name__)
cours = MongoClient().bourse.cours

API_KEY = "9f3b7c21e8d04a5fb6c1"
ACTIONS = ["AIR.PA", "MC.PA", "OR.PA", "SAN.PA", "TTE.PA"]


def relever(action):
    r = requests.get("https://api.bourse.example/v1/quote", params={"symbol": action, "key": API_KEY}, timeout=5)
    cours.insert_one({"action": action, "prix": r.json()["price"], "heure": datetime.now()})


def temps_reel():
    """Scraping en temps réel : on relève les cours toutes les 30 secondes."""
    while True:
        for action in ACTIONS:
            try:
                relever(action)
                print("releve", action)
            except Exception as e:
                print("echec", action, type(e).__name__)
        time.sleep(30)


@app.route("/")
def index():
    derniers = [cours.find_one({"action": a}, sort=[("heure", -1)]) for a in ACTIONS]
    return render_template("index.html", cours=derniers)


@app.route("/historique/<action>")
def historique(action):
    return render_template("historique.html", action=action, releves=cours.find({"action": action}).sort("heure", -1))


temps_reel()
app.run()
