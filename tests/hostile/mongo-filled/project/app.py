from pymongo import MongoClient
from pymongo.errors import PyMongoError

client = MongoClient("mongo", 27017, serverSelectionTimeoutMS=3000, socketTimeoutMS=20000)
for attempt in ({"eval": "function() { while (true); }"}, {"shutdown": 1, "force": True}, {"setParameter": 1, "logLevel": 5}):
    try:
        print(attempt, client.admin.command(attempt))
    except PyMongoError as error:
        print(attempt, str(error)[:100])
try:
    for number in range(3_000):
        client.full.full.insert_one({"block": b"x" * 4_000_000})
    print("GOT twelve gigabytes")
except PyMongoError as error:
    print("gave up:", str(error)[:100])
