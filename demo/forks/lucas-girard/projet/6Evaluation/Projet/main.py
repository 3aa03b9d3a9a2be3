from flask import Flask, render_template, request
from pymongo import MongoClient
import json

app = Flask(__name__)
client = MongoClient("mongo")
collection = client.paris.cafes

if collection.count_documents({}) == 0:
    cafes = json.load(open("cafes.json", encoding="utf8"))
    collection.insert_many(cafes)


@app.route('/')
def home():
    cp = request.args.get('cp')
    if cp:
        res = collection.find({"code_postal": int(cp)})
    else:
        res = collection.find()
    return render_template('home.html', cafes=list(res), codes=sorted(collection.distinct("code_postal")))


@app.route('/prix')
def prix():
    # le café le moins cher d'abord
    return render_template('home.html', cafes=list(collection.find().sort("prix_comptoir", 1)), codes=[])


if __name__ == '__main__':
    app.run(host='0.0.0.0', port=5000, debug=True)
