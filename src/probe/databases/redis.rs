//! Redis: the keys of each numbered database.
//! May import: `domain/`, redis.
//! Next: `mod.rs`.

use redis::{AsyncCommands, Client, RedisError};

use super::{SAMPLES, collection};
use crate::domain::facts::execution::CollectionFacts;

/// Numbered databases of a server as it comes.
const DATABASES: u8 = 16;

pub(super) async fn read(port: u16) -> Result<Vec<CollectionFacts>, RedisError> {
    let client = Client::open(format!("redis://127.0.0.1:{port}/"))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let mut collections = Vec::new();
    for database in 0..DATABASES {
        redis::cmd("SELECT").arg(database).exec_async(&mut connection).await?;
        let items: u64 = redis::cmd("DBSIZE").query_async(&mut connection).await?;
        if items == 0 {
            continue;
        }
        // SCAN is bounded by its count, where KEYS would walk everything.
        let (_, keys): (u64, Vec<Vec<u8>>) =
            redis::cmd("SCAN").arg(0).arg("COUNT").arg(20).query_async(&mut connection).await?;
        let mut samples = Vec::new();
        for key in keys.iter().take(SAMPLES) {
            samples.push(sample(&mut connection, key).await?);
        }
        collections.push(collection(&format!("db{database}"), items, samples));
    }
    Ok(collections)
}

/// `key (type) = beginning of the value`.
async fn sample(connection: &mut redis::aio::MultiplexedConnection, key: &[u8]) -> Result<String, RedisError> {
    let kind: String = redis::cmd("TYPE").arg(key).query_async(connection).await?;
    let name = String::from_utf8_lossy(key).into_owned();
    if kind != "string" {
        return Ok(format!("{name} ({kind})"));
    }
    let value: Vec<u8> = connection.getrange(key, 0, 500).await?;
    Ok(format!("{name} = {}", String::from_utf8_lossy(&value)))
}
