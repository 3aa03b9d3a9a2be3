from flask import Flask, render_template
from pymongo import MongoClient
import requests
from bs4 import BeautifulSoup

app = Flask(__name__)
client = MongoClient('localhost', 27017)
db = client.actualites


def recuperer_articles():
    page = requests.get("https://www.journal-regional.example/une", timeout=5)
    soup = BeautifulSoup(page.content, 'html.parser')
    for article in soup.find_all('article'):
        lien = article.find('a')
        db.articles.update_one(
            {'titre': lien.text.strip()},
            {'$set': {'url': lien['href'], 'heure': article.find('time').text}},
            upsert=True,
        )


try:
    recuperer_articles()
except Exception as e:
    print("erreur scraping", e)


@app.route('/')
def index():
    articles = list(db.articles.find())
    return render_template('index.html', articles=articles)


if __name__ == '__main__':
    app.run(debug=True)
