# -*- coding: utf-8 -*-
import pandas as pd
from flask import Flask, render_template, request
from flask_wtf import FlaskForm
from pymongo import MongoClient
from wtforms import StringField, SubmitField

app = Flask(__name__)
app.config['SECRET_KEY'] = 'k7Qw2rTz91LmXcVb'

client = MongoClient()
collection = client['covid']['departements']


class Recherche(FlaskForm):
    departement = StringField(u'Département')
    valider = SubmitField('Chercher')


def chargement():
    df = pd.read_csv('hospitalisations.csv', sep=';', dtype={'dep': str})
    df['taux'] = (df['hosp'] / df['population'] * 100000).round(1)
    collection.drop()
    collection.insert_many(df.to_dict('records'))


@app.route('/', methods=['GET', 'POST'])
def index():
    form = Recherche()
    requete = {}
    if form.validate_on_submit() and form.departement.data:
        requete = {'nom': {'$regex': form.departement.data, '$options': 'i'}}
    lignes = list(collection.find(requete).sort('taux', -1))
    return render_template('index.html', form=form, lignes=lignes)


@app.route('/regions')
def regions():
    df = pd.DataFrame(list(collection.find({}, {'_id': 0})))
    table = df.groupby('region')[['hosp', 'population']].sum().sort_values('hosp', ascending=False)
    return render_template('regions.html', table=table.to_html())


if __name__ == '__main__':
    chargement()
    app.run(debug=True, port=2746)
