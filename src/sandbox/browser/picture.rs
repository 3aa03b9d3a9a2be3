//! What a browser hands over as a picture, made anew: a page that has taken the browser over decides what it says, and we serve it.
//! May import: image-webp.
//! Next: `visit.rs`, which takes pictures.

use std::io::Cursor;

use image_webp::WebPDecoder;

/// The screen's size, in pixels: no picture is larger.
pub(super) const SCREEN: (u32, u32) = (1280, 800);

/// The one still image of a WebP file in a file of its own, decoded to its end: no larger than the screen, and nothing beside it.
/// `None` where it is anything else.
pub(super) async fn made_anew(content: Vec<u8>) -> Option<Vec<u8>> {
    // On a thread of its own: it takes a while, and one that a picture makes panic is no picture.
    tokio::task::spawn_blocking(move || alone(&content).filter(|picture| is_sound(picture))).await.ok().flatten()
}

/// The image itself without metadata, colour profile, animation or anything that follows.
fn alone(content: &[u8]) -> Option<Vec<u8>> {
    let mut rest = content.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WEBP")?;
    loop {
        let (kind, length) = (rest.get(..4)?, u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?));
        let padded = usize::try_from(length).ok()?.checked_next_multiple_of(2)?;
        let chunk = rest.get(..padded.checked_add(8)?)?;
        if kind == b"VP8 " || kind == b"VP8L" {
            let size = u32::try_from(chunk.len()).ok()?.checked_add(4)?;
            return Some([b"RIFF", size.to_le_bytes().as_slice(), b"WEBP", chunk].concat());
        }
        rest = rest.get(chunk.len()..)?;
    }
}

fn is_sound(picture: &[u8]) -> bool {
    let decoded = || {
        let mut decoder = WebPDecoder::new(Cursor::new(picture)).ok()?;
        let (width, height) = decoder.dimensions();
        if width > SCREEN.0 || height > SCREEN.1 {
            return None;
        }
        let mut pixels = vec![0; decoder.output_buffer_size()?];
        decoder.read_image(&mut pixels).ok()
    };
    decoded().is_some()
}

#[cfg(test)]
mod tests {
    use image_webp::{ColorType, WebPEncoder};

    use super::*;

    const SHOT: &[u8] = include_bytes!("../../../tests/fixtures/screenshots/cine-small.webp");

    fn drawn(width: u32, height: u32) -> Vec<u8> {
        let mut file = Vec::new();
        let pixels = vec![200; usize::try_from(width * height * 3).unwrap()];
        WebPEncoder::new(&mut file).encode(&pixels, width, height, ColorType::Rgb8).unwrap();
        file
    }

    #[tokio::test]
    async fn a_picture_is_kept_without_what_stands_beside_it() {
        let made = made_anew([SHOT, b"<script>alert(1)</script>"].concat()).await.unwrap();
        assert_eq!(made.get(12..16), Some(b"VP8 ".as_slice()));
        assert!(SHOT.len() - made.len() > 456, "the profile is gone, and nothing has come");
        assert_eq!(usize::try_from(u32::from_le_bytes(made[4..8].try_into().unwrap())).unwrap(), made.len() - 8);
        assert_eq!(made_anew(made.clone()).await, Some(made));
    }

    #[tokio::test]
    async fn what_is_no_picture_of_a_screen_is_none() {
        assert!(made_anew(drawn(1280, 800)).await.is_some());
        let broken = [
            SHOT.get(..SHOT.len() - 2000).unwrap(),
            b"RIFF\x04\0\0\0WEBP",
            b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff",
        ];
        for content in broken.into_iter().map(<[u8]>::to_vec).chain([
            drawn(1281, 800),
            b"<svg onload=alert(1)>".to_vec(),
            Vec::new(),
            [b"RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0".as_slice(), b"abcd"].concat(),
        ]) {
            assert_eq!(made_anew(content).await, None);
        }
    }
}
