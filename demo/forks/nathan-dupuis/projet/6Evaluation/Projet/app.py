import json

import redis
from flask import Flask, redirect, render_template, url_for

app = Flask(__name__)
r = redis.Redis(host="localhost", port=6379, decode_responses=True)


def load_hikes():
    with open("hikes.json", encoding="utf-8") as f:
        for hike in json.load(f):
            key = "hike:" + str(hike["id"])
            r.hset(key, mapping=hike)
            # nx: votes of earlier runs are kept
            r.zadd("votes", {key: 0}, nx=True)
            r.zadd("elevation", {key: hike["elevation"]})
            r.sadd("massif:" + hike["massif"], key)


def hikes_of(keys):
    return [r.hgetall(k) for k in keys]


@app.route("/")
def index():
    ranking = r.zrevrange("votes", 0, -1, withscores=True)
    hikes = [dict(r.hgetall(k), votes=int(score)) for k, score in ranking]
    massifs = sorted(k.split(":")[1] for k in r.scan_iter("massif:*"))
    return render_template("index.html", hikes=hikes, massifs=massifs)


@app.route("/massif/<name>")
def massif(name):
    return render_template("index.html", hikes=hikes_of(sorted(r.smembers("massif:" + name))), massifs=[])


@app.route("/hard")
def hard():
    return render_template("index.html", hikes=hikes_of(r.zrevrange("elevation", 0, 9)), massifs=[])


@app.route("/vote/<int:hike>", methods=["POST"])
def vote(hike):
    r.zincrby("votes", 1, "hike:%d" % hike)
    return redirect(url_for("index"))


if __name__ == "__main__":
    load_hikes()
    app.run(host="127.0.0.1", port=5000, debug=True)
