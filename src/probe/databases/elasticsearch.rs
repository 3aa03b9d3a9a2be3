//! Elasticsearch: indices and how many documents they hold.
//! May import: `domain/`, reqwest.
//! Next: `mod.rs`.

use reqwest::{Client, Error};
use serde::Deserialize;
use serde_json::Value;

use super::{COLLECTIONS, SAMPLES, collection};
use crate::domain::facts::execution::CollectionFacts;

#[derive(Deserialize)]
struct Index {
    index: String,
}

pub(super) async fn read(port: u16) -> Result<Vec<CollectionFacts>, Error> {
    let base = format!("http://127.0.0.1:{port}");
    let client = Client::builder().no_proxy().build()?;
    // Documents count from the moment they are written, and not from the next refresh.
    client.post(format!("{base}/_refresh")).send().await?;
    let indices: Vec<Index> = client.get(format!("{base}/_cat/indices?format=json")).send().await?.json().await?;
    let mut collections = Vec::new();
    for Index { index } in indices.into_iter().filter(|index| !index.index.starts_with('.')).take(COLLECTIONS) {
        let url = format!("{base}/{index}/_search?size={SAMPLES}&track_total_hits=true");
        let found: Value = client.get(url).send().await?.json().await?;
        let total = &found["hits"]["total"];
        let items = total["value"].as_u64().or_else(|| total.as_u64()).unwrap_or(0);
        let samples = found["hits"]["hits"].as_array().into_iter().flatten().map(|hit| hit["_source"].to_string());
        collections.push(collection(&index, items, samples.collect::<Vec<_>>()));
    }
    Ok(collections)
}
