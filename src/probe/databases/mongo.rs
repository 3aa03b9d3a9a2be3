//! MongoDB: collections of every database but its own.
//! May import: `domain/`, mongodb.
//! Next: `mod.rs`.

use std::io::{Error as IoError, Write};
use std::time::Duration;

use futures::TryStreamExt;
use mongodb::bson::{Document, RawBsonRef, RawDocumentBuf, doc};
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ClientOptions, ServerAddress};
use mongodb::{Client, Collection};

use super::{COLLECTIONS, SAMPLE_BYTES, SAMPLES, collection};
use crate::domain::facts::execution::CollectionFacts;

/// Databases that the server keeps for itself.
const ITS_OWN: [&str; 3] = ["admin", "config", "local"];

/// Whether it takes commands, were it only to refuse them.
pub(super) async fn is_healthy(port: u16) -> bool {
    let asked = async { client(port)?.database("admin").run_command(doc! { "ping": 1 }).await };
    asked.await.map_or_else(|error| matches!(*error.kind, ErrorKind::Command(_)), |_| true)
}

/// A user of every database, as the image's own variables make one.
pub(super) async fn add_login(port: u16, user: &str, password: &str) -> Result<(), Error> {
    let command = doc! { "createUser": user, "pwd": password, "roles": ["root"] };
    client(port)?.database("admin").run_command(command).await.map(drop)
}

fn client(port: u16) -> Result<Client, Error> {
    let address = ServerAddress::Tcp { host: "127.0.0.1".to_owned(), port: Some(port) };
    let options = ClientOptions::builder()
        .hosts(vec![address])
        .direct_connection(true)
        .server_selection_timeout(Duration::from_secs(3))
        .connect_timeout(Duration::from_secs(3))
        .build();
    Client::with_options(options)
}

pub(super) async fn read(port: u16, found: &mut Vec<CollectionFacts>) -> Result<(), Error> {
    let client = client(port)?;
    for database in client.list_database_names().await? {
        if ITS_OWN.contains(&database.as_str()) {
            continue;
        }
        for name in client.database(&database).list_collection_names().await? {
            if name.starts_with("system.") {
                continue;
            }
            if found.len() >= COLLECTIONS {
                return Ok(());
            }
            let documents = client.database(&database).collection::<RawDocumentBuf>(&name);
            // From the collection's own books: counting one by one takes as long as the student likes.
            let items = documents.estimated_document_count().await?;
            found.push(collection(&format!("{database}.{name}"), items, samples(&documents).await?));
        }
    }
    Ok(())
}

/// One document at a time, read as it lies in the answer: unfolded in memory it would be many times its 16 MB.
async fn samples(documents: &Collection<RawDocumentBuf>) -> Result<Vec<String>, Error> {
    let limit = i64::try_from(SAMPLES).unwrap_or(1);
    let mut cursor = documents.find(Document::new()).limit(limit).batch_size(1).await?;
    let mut samples = Vec::new();
    while let Some(document) = cursor.try_next().await? {
        samples.push(beginning(&document));
    }
    Ok(samples)
}

/// The document as JSON, as far as the bound.
fn beginning(document: &RawDocumentBuf) -> String {
    let mut text = Bounded(Vec::new());
    // The error is the bound, or a document that is none: what was written until then is the sample.
    let _ = serde_json::to_writer(&mut text, &RawBsonRef::Document(document));
    String::from_utf8_lossy(&text.0).into_owned()
}

struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, IoError> {
        let room = SAMPLE_BYTES.saturating_sub(self.0.len());
        let fitting = bytes.get(..room).unwrap_or(bytes);
        self.0.extend_from_slice(fitting);
        if fitting.is_empty() && !bytes.is_empty() { Err(IoError::other("full")) } else { Ok(fitting.len()) }
    }

    fn flush(&mut self) -> Result<(), IoError> {
        Ok(())
    }
}
