"""Talks to a database as a student's program would, and fails at the first answer that is wrong.

talk.py wait PORT                            the time at which somebody listens there
talk.py mongo | redis | elasticsearch        with the client found on PYTHONPATH
"""

import socket
import sys
import time


def wait(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                return print(time.time())
        time.sleep(0.01)
    sys.exit(f"nobody listens on {port}")


def mongo():
    import pymongo

    client = pymongo.MongoClient("127.0.0.1", 27017, serverSelectionTimeoutMS=10000)
    client.drop_database("shop")
    books = client.shop.books
    inserted = books.insert_many([{"title": f"book {n}", "price": n, "shelf": n % 3} for n in range(30)])
    assert len(inserted.inserted_ids) == 30
    assert books.find_one({"title": "book 7"})["price"] == 7
    assert [b["price"] for b in books.find({"price": {"$gte": 27}}).sort("price", -1)] == [29, 28, 27]
    assert books.count_documents({"shelf": 1}) == 10
    totals = books.aggregate([{"$group": {"_id": "$shelf", "total": {"$sum": "$price"}}}, {"$sort": {"_id": 1}}])
    assert [t["total"] for t in totals] == [135, 145, 155]
    books.create_index([("title", 1)], unique=True)
    assert "title_1" in books.index_information()
    try:
        books.insert_one({"title": "book 7"})
        raise AssertionError("a duplicate was taken")
    except pymongo.errors.DuplicateKeyError:
        pass
    assert books.update_one({"title": "new"}, {"$set": {"price": 1}}, upsert=True).upserted_id
    assert books.delete_many({"price": {"$lt": 5}}).deleted_count == 6
    assert sorted(books.distinct("shelf")) == [0, 1, 2]
    assert "shop" in client.list_database_names() and client.shop.list_collection_names() == ["books"]
    return pymongo.version


def redis():
    import redis as library

    client = library.Redis("127.0.0.1", 6379, decode_responses=True)
    client.flushall()
    client.set("visits", 1)
    assert client.incr("visits") == 2
    client.hset("book", mapping={"title": "x", "price": 3})
    assert client.hgetall("book") == {"title": "x", "price": "3"}
    client.rpush("queue", "a", "b")
    client.zadd("ranks", {"a": 2, "b": 1})
    assert client.zrange("ranks", 0, -1) == ["b", "a"]
    with client.pipeline() as pipeline:
        assert pipeline.lpop("queue").llen("queue").execute() == ["a", 1]
    assert sorted(client.scan_iter()) == ["book", "queue", "ranks", "visits"]
    return library.__version__


def elasticsearch():
    import elasticsearch as library
    from elasticsearch import helpers

    client = library.Elasticsearch("http://127.0.0.1:9200")
    assert client.info()["version"]["number"]
    if client.indices.exists(index="books"):
        client.indices.delete(index="books")
    books = ({"_index": "books", "_id": n, "title": f"the book {n}", "price": n, "shelf": f"s{n % 3}"} for n in range(30))
    assert helpers.bulk(client, books)[0] == 30
    client.indices.refresh(index="books")
    assert client.count(index="books")["count"] == 30
    assert client.get(index="books", id="7")["_source"]["price"] == 7
    body = {"query": {"match": {"title": "book"}}, "aggs": {"shelves": {"terms": {"field": "shelf.keyword"}}}}
    found = client.search(index="books", body=body)
    assert found["hits"]["total"]["value"] == 30
    assert sorted(b["doc_count"] for b in found["aggregations"]["shelves"]["buckets"]) == [10, 10, 10]
    ranged = client.search(index="books", body={"query": {"range": {"price": {"gte": 27}}}, "sort": [{"price": "desc"}]})
    assert [h["_source"]["price"] for h in ranged["hits"]["hits"]] == [29, 28, 27]
    client.delete(index="books", id="7", refresh=True)
    assert client.count(index="books")["count"] == 29
    assert "books" in [row["index"] for row in client.cat.indices(format="json")]
    return ".".join(map(str, library.__version__))


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "wait":
        wait(*rest)
    else:
        print({"mongo": mongo, "redis": redis, "elasticsearch": elasticsearch}[what]())
