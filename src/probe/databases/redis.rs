//! Redis: the keys of each numbered database.
//! May import: `domain/`, redis.
//! Next: `mod.rs`.

use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError};

use super::{SAMPLES, collection};
use crate::domain::facts::execution::CollectionFacts;

/// Numbered databases of a server as it comes.
const DATABASES: u8 = 16;
/// Cuts a few keys and their values on the server's side: over the line, a single one may be 512 MB long.
/// SCAN is bounded by its count, where KEYS would walk everything.
const SAMPLE: &str = r"
local samples = {}
for _, key in ipairs(redis.call('SCAN', '0', 'COUNT', '20')[2]) do
    if #samples >= tonumber(ARGV[1]) then break end
    local kind = redis.call('TYPE', key)['ok']
    local sample = string.sub(key, 1, 200)
    if kind == 'string' then
        sample = sample .. ' = ' .. redis.call('GETRANGE', key, 0, 800)
    else
        sample = sample .. ' (' .. kind .. ')'
    end
    table.insert(samples, sample)
end
return samples
";

/// Whether it takes commands, were it only to refuse them; while it still loads it does not.
pub(super) async fn is_healthy(port: u16) -> bool {
    let asked = async {
        let client = Client::open(format!("redis://127.0.0.1:{port}/"))?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").exec_async(&mut connection).await
    };
    asked.await.map_or_else(|error: RedisError| matches!(error.code(), Some("NOAUTH" | "NOPERM")), |()| true)
}

pub(super) async fn read(port: u16, found: &mut Vec<CollectionFacts>) -> Result<(), RedisError> {
    let client = Client::open(format!("redis://127.0.0.1:{port}/"))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    for database in 0..DATABASES {
        redis::cmd("SELECT").arg(database).exec_async(&mut connection).await?;
        let items: u64 = redis::cmd("DBSIZE").query_async(&mut connection).await?;
        if items > 0 {
            // Without scripts there are no samples; the count says enough.
            let samples = samples(&mut connection).await.unwrap_or_default();
            found.push(collection(&format!("db{database}"), items, samples));
        }
    }
    Ok(())
}

async fn samples(connection: &mut MultiplexedConnection) -> Result<Vec<String>, RedisError> {
    let samples: Vec<Vec<u8>> = redis::cmd("EVAL").arg(SAMPLE).arg(0).arg(SAMPLES).query_async(connection).await?;
    Ok(samples.iter().map(|sample| String::from_utf8_lossy(sample).into_owned()).collect())
}
