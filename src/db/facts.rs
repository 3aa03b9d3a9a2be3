//! Facts: immutable documents, addressed by their content and found again by what they were observed from.
//! May import: `domain/`.
//! Next: `domain/facts/` for what the documents hold.

use std::collections::HashMap;
use std::io;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::{CharEscape, Formatter};
use sqlx::PgConnection;

use super::decoded;
use crate::domain::FactsAddress;

/// Which part of the facts a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactsKind {
    Inspection,
    Execution,
    /// What one of the teacher's own judges said.
    Judge,
    /// One README as its renderer sees it.
    Rendering,
}

impl FactsKind {
    fn as_str(self) -> &'static str {
        match self {
            FactsKind::Inspection => "inspection",
            FactsKind::Execution => "execution",
            FactsKind::Judge => "judge",
            FactsKind::Rendering => "rendering",
        }
    }
}

/// Stores a document and returns its address. The same document is stored once.
pub async fn store<T: Serialize + Sync>(
    conn: &mut PgConnection,
    kind: FactsKind,
    key: &FactsAddress,
    version: u32,
    document: &T,
    now: DateTime<Utc>,
) -> sqlx::Result<FactsAddress> {
    let text = to_storable_json(document)?;
    let address: FactsAddress = decoded(blake3::hash(text.as_bytes()).to_hex().to_string().try_into())?;
    sqlx::query!(
        "insert into facts (address, kind, key, version, document, created_at)
         values ($1, $2, $3, $4, $5::text::json, $6) on conflict do nothing",
        address.as_str(),
        kind.as_str(),
        key.as_str(),
        i32::try_from(version).unwrap_or(i32::MAX),
        text,
        now,
    )
    .execute(conn)
    .await?;
    Ok(address)
}

/// The newest document observed from what `key` stands for.
pub async fn find<T: DeserializeOwned>(
    conn: &mut PgConnection,
    kind: FactsKind,
    key: &FactsAddress,
) -> sqlx::Result<Option<(FactsAddress, T)>> {
    let row = sqlx::query!(
        "select address, document from facts where kind = $1 and key = $2 order by created_at desc limit 1",
        kind.as_str(),
        key.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((decoded(row.address.try_into())?, decoded(serde_json::from_value(row.document))?))).transpose()
}

/// The document under an address.
pub async fn load<T: DeserializeOwned>(conn: &mut PgConnection, address: &FactsAddress) -> sqlx::Result<Option<T>> {
    let document = sqlx::query_scalar!("select document from facts where address = $1", address.as_str())
        .fetch_optional(conn)
        .await?;
    document.map(|value| decoded(serde_json::from_value(value))).transpose()
}

/// The documents under these addresses, as JSON.
pub async fn load_many(
    conn: &mut PgConnection,
    addresses: impl Iterator<Item = &FactsAddress>,
) -> sqlx::Result<HashMap<FactsAddress, serde_json::Value>> {
    let addresses: Vec<String> = addresses.map(|address| address.as_str().to_owned()).collect();
    let rows =
        sqlx::query!("select address, document from facts where address = any($1)", &addresses).fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok((decoded(row.address.try_into())?, row.document))).collect()
}

/// The documents under these addresses, as their text.
pub async fn load_texts(
    conn: &mut PgConnection,
    addresses: impl Iterator<Item = &FactsAddress>,
) -> sqlx::Result<HashMap<FactsAddress, String>> {
    let addresses: Vec<String> = addresses.map(|address| address.as_str().to_owned()).collect();
    let rows =
        sqlx::query!(r#"select address, document::text as "document!" from facts where address = any($1)"#, &addresses)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(|row| Ok((decoded(row.address.try_into())?, row.document))).collect()
}

/// By which version of its observers each of these documents was written.
pub async fn versions(conn: &mut PgConnection, addresses: &[FactsAddress]) -> sqlx::Result<HashMap<FactsAddress, u32>> {
    let addresses: Vec<String> = addresses.iter().map(|address| address.as_str().to_owned()).collect();
    let rows =
        sqlx::query!("select address, version from facts where address = any($1)", &addresses).fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| Ok((decoded(row.address.try_into())?, u32::try_from(row.version).unwrap_or_default())))
        .collect()
}

/// Postgres refuses NUL in jsonb, and students' files hold it: it becomes the replacement character.
struct WithoutNul;

impl Formatter for WithoutNul {
    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(0) => writer.write_all("\u{FFFD}".as_bytes()),
            other => serde_json::ser::CompactFormatter.write_char_escape(writer, other),
        }
    }
}

fn to_storable_json<T: Serialize>(document: &T) -> sqlx::Result<String> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, WithoutNul);
    document.serialize(&mut serializer).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    decoded(String::from_utf8(bytes))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nul_is_replaced_and_an_escaped_backslash_is_left_alone() {
        let text = super::to_storable_json(&["a\0b", "\\u0000"]).unwrap();
        assert_eq!(text, "[\"a\u{FFFD}b\",\"\\\\u0000\"]");
    }
}
