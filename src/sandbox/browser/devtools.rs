//! The browser's DevTools protocol over its two pipes: JSON messages that end with a NUL, in bounds.
//! May import: within the room `pod`.
//! Next: `visit.rs` for what is asked; the protocol's own reference for methods and events.

use std::pin::Pin;

use bollard::container::AttachContainerResults;
use bollard::container::LogOutput;
use futures::{Stream, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Bytes of one message; a picture is far smaller, and what a page says beyond it is skipped.
const MESSAGE: usize = 8 * 1024 * 1024;
/// Bytes of one browser's whole life: a page that floods the console is not read for ever.
const LIFE: u64 = 96 * 1024 * 1024;

/// The browser has ended, or has said more than it may.
#[derive(Debug)]
pub(super) struct Gone;

/// What the browser says.
#[derive(Debug)]
pub(super) enum Said {
    /// To a question of ours.
    Answer { id: u64, result: Result<Value, String> },
    /// By itself, about one page.
    Event { session: String, method: String, params: Value },
}

#[derive(Deserialize)]
struct Raw {
    id: Option<u64>,
    result: Option<Value>,
    error: Option<Value>,
    method: Option<String>,
    params: Option<Value>,
    #[serde(rename = "sessionId")]
    session: Option<String>,
}

pub(super) struct DevTools {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Result<LogOutput, bollard::errors::Error>> + Send>>,
    buffer: Vec<u8>,
    /// So much of the buffer holds no end of a message.
    searched: usize,
    /// In the middle of a message that is too long.
    skipping: bool,
    left: u64,
    next: u64,
}

impl DevTools {
    pub fn new(line: AttachContainerResults) -> Self {
        let (input, output) = (line.input, line.output);
        Self { input, output, buffer: Vec::new(), searched: 0, skipping: false, left: LIFE, next: 0 }
    }

    /// Asks, about a page where `session` names one; the number that the answer will carry.
    pub async fn ask(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<u64, Gone> {
        self.next += 1;
        let mut question = json!({ "id": self.next, "method": method, "params": params });
        if let (Some(session), Some(fields)) = (session, question.as_object_mut()) {
            fields.insert("sessionId".to_owned(), session.into());
        }
        let mut text = question.to_string().into_bytes();
        text.push(0);
        self.input.write_all(&text).await.map_err(|_| Gone)?;
        self.input.flush().await.map_err(|_| Gone)?;
        Ok(self.next)
    }

    /// The next thing that it says. May be given up and asked again: nothing is lost between.
    pub async fn hear(&mut self) -> Result<Said, Gone> {
        loop {
            while let Some(message) = self.message() {
                if let Some(said) = understood(&message) {
                    return Ok(said);
                }
            }
            let Some(Ok(chunk)) = self.output.next().await else { return Err(Gone) };
            let bytes = chunk.as_ref();
            self.left = self.left.checked_sub(bytes.len() as u64).ok_or(Gone)?;
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// A whole message of the buffer.
    fn message(&mut self) -> Option<Vec<u8>> {
        loop {
            let fresh = self.buffer.get(self.searched..).unwrap_or_default();
            let Some(end) = fresh.iter().position(|&byte| byte == 0) else {
                self.searched = self.buffer.len();
                if self.searched > MESSAGE {
                    self.skipping = true;
                    self.buffer.clear();
                    self.searched = 0;
                }
                return None;
            };
            let mut message: Vec<u8> = self.buffer.drain(..=self.searched + end).collect();
            message.pop();
            self.searched = 0;
            if !std::mem::take(&mut self.skipping) && message.len() <= MESSAGE {
                return Some(message);
            }
        }
    }
}

fn understood(message: &[u8]) -> Option<Said> {
    let raw: Raw = serde_json::from_slice(message).ok()?;
    match (raw.id, raw.method) {
        (Some(id), _) => {
            let refused = raw.error.map(|error| error["message"].as_str().unwrap_or("refused").to_owned());
            let result = refused.map_or_else(|| Ok(raw.result.unwrap_or_default()), Err);
            Some(Said::Answer { id, result })
        }
        (None, Some(method)) => {
            let (session, params) = (raw.session.unwrap_or_default(), raw.params.unwrap_or_default());
            Some(Said::Event { session, method, params })
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hearing(chunks: Vec<Vec<u8>>) -> DevTools {
        let chunks = chunks.into_iter().map(|message| Ok(LogOutput::StdOut { message: message.into() }));
        DevTools::new(AttachContainerResults {
            input: Box::pin(tokio::io::sink()),
            output: Box::pin(futures::stream::iter(chunks)),
        })
    }

    #[tokio::test]
    async fn messages_are_whole_however_they_come_and_long_ones_are_skipped() {
        let long = [b"{\"id\":1,\"result\":\"".as_slice(), &vec![b'x'; MESSAGE + 10], b"\"}\0"].concat();
        let mut tools = hearing(vec![
            b"{\"id\":7,\"res".to_vec(),
            b"ult\":{\"a\":1}}\0not json\0{\"method\":\"E\",\"sessionId\":\"s\"}\0".to_vec(),
            long,
            b"{\"id\":8,\"error\":{\"message\":\"no\"}}\0".to_vec(),
        ]);
        assert!(matches!(tools.hear().await, Ok(Said::Answer { id: 7, result: Ok(value) }) if value["a"] == 1));
        assert!(matches!(tools.hear().await, Ok(Said::Event { session, .. }) if session == "s"));
        assert!(matches!(tools.hear().await, Ok(Said::Answer { id: 8, result: Err(why) }) if why == "no"));
        assert!(tools.hear().await.is_err());
    }

    #[tokio::test]
    async fn a_browser_that_talks_without_end_is_not_listened_to_for_ever() {
        let flood = std::iter::repeat_n([vec![b' '; 1 << 20], vec![0]].concat(), 200).collect();
        assert!(hearing(flood).hear().await.is_err());
    }
}
