//! Names of the field's libraries: what builds an application, reaches a database, fetches, crawls or draws.
//! May import: `domain/`.
//! Next: `script.rs` recognises them in the code.

use crate::domain::check::Technology;

/// Libraries that draw charts.
pub const CHARTS: [&str; 13] = [
    "plotly",
    "bokeh",
    "matplotlib",
    "seaborn",
    "altair",
    "pygal",
    "folium",
    "dash",
    "pyecharts",
    "holoviews",
    "wordcloud",
    "flask_googlecharts",
    "chart_studio",
];
/// Libraries that do work on a schedule or beside the application.
pub const SCHEDULERS: [&str; 7] =
    ["schedule", "apscheduler", "flask_apscheduler", "celery", "rq", "crochet", "rocketry"];
/// Libraries that read HTML.
pub const HTML_PARSERS: [&str; 6] = ["bs4", "lxml", "parsel", "html5lib", "pyquery", "requests_html"];
/// Beginnings of calls that fetch from the web.
pub const FETCHES: [&str; 8] =
    ["requests.", "urllib.request.", "urllib2.", "httpx.", "aiohttp.", "urllib3.", "requests_html.", "cloudscraper."];
/// Beginnings of calls that drive a browser, besides Selenium's.
pub const BROWSERS: [&str; 5] = ["playwright.", "pyppeteer.", "splinter.", "mechanize.", "helium."];
/// Calls that serve by themselves.
pub const SERVERS: [&str; 6] = [
    "waitress.serve",
    "uvicorn.run",
    "werkzeug.serving.run_simple",
    "gevent.pywsgi.WSGIServer",
    "hypercorn.asyncio.serve",
    "eventlet.wsgi.server",
];
/// Classes that run a spider from Python.
pub const CRAWLERS: [&str; 4] = ["CrawlerProcess", "CrawlerRunner", "ScrapyRT", "wrap_crawler"];
/// Methods that put something into a database, whatever they are called on.
pub const WRITES: [&str; 12] = [
    "insert_one",
    "insert_many",
    "bulk_write",
    "update_one",
    "update_many",
    "replace_one",
    "streaming_bulk",
    "parallel_bulk",
    "to_sql",
    "executemany",
    "create_all",
    "find_one_and_update",
];
/// Methods that do so on a database's client, and something else on other objects.
pub const WRITES_OF_A_CLIENT: [&str; 15] = [
    "insert", "save", "bulk", "index", "set", "mset", "hset", "hmset", "lpush", "rpush", "sadd", "zadd", "xadd",
    "setex", "update",
];
/// Extensions of data files that a program reads by name.
pub const DATA: [&str; 14] =
    ["csv", "json", "txt", "xlsx", "xls", "tsv", "xml", "parquet", "pkl", "db", "sqlite", "geojson", "jl", "html"];

/// What a call builds, where it builds a web application.
pub fn web_object(name: &str) -> Option<Technology> {
    match name {
        "flask.Flask" | "flask.app.Flask" | "quart.Quart" | "flask_openapi3.OpenAPI" => Some(Technology::Flask),
        "dash.Dash" | "dash.dash.Dash" | "jupyter_dash.JupyterDash" | "django_plotly_dash.DjangoDash" => {
            Some(Technology::Dash)
        }
        "fastapi.FastAPI" | "fastapi.applications.FastAPI" => Some(Technology::Fastapi),
        "django.core.management.execute_from_command_line" => Some(Technology::Django),
        _ if name.starts_with("streamlit.") => Some(Technology::Streamlit),
        _ => None,
    }
}

/// Which database a call reaches, with the port that its driver takes by itself.
pub fn client(name: &str) -> Option<(Technology, u16)> {
    match name {
        "pymongo.MongoClient"
        | "pymongo.mongo_client.MongoClient"
        | "pymongo.Connection"
        | "flask_pymongo.PyMongo"
        | "motor.motor_asyncio.AsyncIOMotorClient"
        | "mongoengine.connect"
        | "mongoengine.connection.connect"
        | "flask_mongoengine.MongoEngine" => Some((Technology::Mongodb, 27017)),
        "redis.Redis"
        | "redis.StrictRedis"
        | "redis.from_url"
        | "redis.Redis.from_url"
        | "redis.StrictRedis.from_url"
        | "redis.client.Redis"
        | "redis.asyncio.Redis"
        | "flask_redis.FlaskRedis" => Some((Technology::Redis, 6379)),
        "elasticsearch.Elasticsearch"
        | "elasticsearch.client.Elasticsearch"
        | "elasticsearch.AsyncElasticsearch"
        | "elasticsearch_dsl.connections.create_connection"
        | "elasticsearch_dsl.connections.connections.create_connection" => Some((Technology::Elasticsearch, 9200)),
        "sqlite3.connect"
        | "psycopg2.connect"
        | "mysql.connector.connect"
        | "pymysql.connect"
        | "sqlalchemy.create_engine"
        | "flask_sqlalchemy.SQLAlchemy"
        | "flask_mysqldb.MySQL" => Some((Technology::Sql, 5432)),
        _ => None,
    }
}

/// Whether a base class makes a Scrapy spider.
pub fn is_spider(base: &str) -> bool {
    let named = matches!(
        base.rsplit('.').next(),
        Some("Spider" | "CrawlSpider" | "SitemapSpider" | "XMLFeedSpider" | "CSVFeedSpider")
    );
    named && base.starts_with("scrapy")
}
