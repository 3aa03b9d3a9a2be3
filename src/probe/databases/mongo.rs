//! MongoDB: collections of every database but its own.
//! May import: `domain/`, mongodb.
//! Next: `mod.rs`.

use std::time::Duration;

use futures::TryStreamExt;
use mongodb::Client;
use mongodb::bson::Document;
use mongodb::error::Error;
use mongodb::options::{ClientOptions, ServerAddress};

use super::{COLLECTIONS, SAMPLES, collection};
use crate::domain::facts::execution::CollectionFacts;

/// Databases that the server keeps for itself.
const ITS_OWN: [&str; 3] = ["admin", "config", "local"];

pub(super) async fn read(port: u16) -> Result<Vec<CollectionFacts>, Error> {
    let address = ServerAddress::Tcp { host: "127.0.0.1".to_owned(), port: Some(port) };
    let options = ClientOptions::builder()
        .hosts(vec![address])
        .direct_connection(true)
        .server_selection_timeout(Duration::from_secs(3))
        .connect_timeout(Duration::from_secs(3))
        .build();
    let client = Client::with_options(options)?;
    let mut collections = Vec::new();
    for name in client.list_database_names().await? {
        if ITS_OWN.contains(&name.as_str()) {
            continue;
        }
        let database = client.database(&name);
        for collection_name in database.list_collection_names().await? {
            if collections.len() >= COLLECTIONS {
                return Ok(collections);
            }
            let documents = database.collection::<Document>(&collection_name);
            let items = documents.count_documents(Document::new()).await?;
            let samples: Vec<Document> =
                documents.find(Document::new()).limit(SAMPLES as i64).await?.try_collect().await?;
            let samples = samples.iter().map(|document| document.to_string());
            collections.push(collection(&format!("{name}.{collection_name}"), items, samples));
        }
    }
    Ok(collections)
}
