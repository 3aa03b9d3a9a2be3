"""Tout ce qui parle à Elasticsearch."""
import json
import time
from pathlib import Path

from elasticsearch import Elasticsearch, helpers

INDEX = "livres"
es = Elasticsearch("http://localhost:9200", request_timeout=10)

CHAMPS = {
    "titre": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
    "auteur": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
    "resume": {"type": "text"},
    "annee": {"type": "integer"},
    "siecle": {"type": "keyword"},
}


def attendre():
    """Elasticsearch met du temps à démarrer."""
    for _ in range(20):
        if es.ping():
            return
        time.sleep(1)
    raise RuntimeError("Elasticsearch ne répond pas sur localhost:9200")


def indexer():
    attendre()
    if es.indices.exists(index=INDEX):
        es.indices.delete(index=INDEX)
    es.indices.create(index=INDEX, mappings={"properties": CHAMPS})
    livres = json.loads(Path(__file__).with_name("livres.json").read_text(encoding="utf-8"))
    for livre in livres:
        livre["siecle"] = f"{livre['annee'] // 100 + 1}e"
    helpers.bulk(es, ({"_index": INDEX, "_id": i, "_source": livre} for i, livre in enumerate(livres)))
    es.indices.refresh(index=INDEX)


def chercher(mots):
    if mots:
        requete = {"multi_match": {"query": mots, "fields": ["titre^3", "auteur^2", "resume"], "fuzziness": "AUTO"}}
    else:
        requete = {"match_all": {}}
    reponse = es.search(index=INDEX, query=requete, size=50)
    return [dict(r["_source"], score=r["_score"]) for r in reponse["hits"]["hits"]]


def compter_par_siecle():
    reponse = es.search(index=INDEX, size=0, aggs={"siecles": {"terms": {"field": "siecle", "order": {"_key": "asc"}}}})
    return [(b["key"], b["doc_count"]) for b in reponse["aggregations"]["siecles"]["buckets"]]
