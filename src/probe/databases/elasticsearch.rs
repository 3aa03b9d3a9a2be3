//! Elasticsearch: indices and how many documents they hold.
//! May import: `domain/`, reqwest.
//! Next: `mod.rs`.

use reqwest::{Client, Error, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::{COLLECTIONS, SAMPLE_BYTES, SAMPLES, collection};
use crate::domain::facts::execution::CollectionFacts;

/// Bytes of the list of indices.
const LIST_BYTES: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Index {
    index: String,
}

/// Whether the cluster can be written to; a server that asks who is there, or knows no such question, can be asked others.
pub(super) async fn is_healthy(port: u16) -> bool {
    let url = format!("http://127.0.0.1:{port}/_cluster/health?wait_for_status=yellow&timeout=1s");
    let asked = async { crate::probe::http().build()?.get(url).send().await };
    let status = asked.await.map(|response| response.status());
    status.is_ok_and(|status| !status.is_server_error() && status != StatusCode::REQUEST_TIMEOUT)
}

pub(super) async fn read(port: u16, found: &mut Vec<CollectionFacts>) -> Result<(), Error> {
    let base = format!("http://127.0.0.1:{port}");
    let client = crate::probe::http().build()?;
    // Documents count from the moment they are written, and not from the next refresh.
    client.post(format!("{base}/_refresh")).send().await?;
    let list = get(&client, &format!("{base}/_cat/indices?format=json&h=index"), LIST_BYTES).await?;
    let indices: Vec<Index> = serde_json::from_str(&list).unwrap_or_default();
    for Index { index } in indices.into_iter().filter(|index| !index.index.starts_with('.')).take(COLLECTIONS) {
        let counted = get(&client, &format!("{base}/{index}/_count"), SAMPLE_BYTES).await?;
        let counted: Value = serde_json::from_str(&counted).unwrap_or_default();
        let mut samples = Vec::new();
        for number in 0..SAMPLES {
            let url = format!("{base}/{index}/_search?size=1&from={number}");
            samples.extend(source(&get(&client, &url, SAMPLE_BYTES).await?));
        }
        found.push(collection(&index, counted["count"].as_u64().unwrap_or(0), samples));
    }
    Ok(())
}

/// An answer as far as `limit` bytes.
async fn get(client: &Client, url: &str, limit: usize) -> Result<String, Error> {
    let mut response = client.get(url).send().await?.error_for_status()?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() >= limit {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// The document in the answer of a search; of one that is larger than what was read, the beginning.
fn source(answer: &str) -> Option<String> {
    if let Ok(answer) = serde_json::from_str::<Value>(answer) {
        return answer.pointer("/hits/hits/0/_source").map(Value::to_string);
    }
    answer.split_once("\"_source\":").map(|(_, rest)| rest.to_owned())
}
