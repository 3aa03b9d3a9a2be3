"""La connexion à MongoDB, partagée par l'application et la collecte."""
import os

from pymongo import MongoClient

client = MongoClient(os.environ.get("MONGO_HOST", "mongo"), 27017, serverSelectionTimeoutMS=5000)
stations = client.velos.stations
