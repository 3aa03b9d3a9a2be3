//! Bytes to text, as students' editors write it: UTF-8 with or without mark, UTF-16, Latin-1.
//! May import: std.
//! Next: `tree.rs` reads files through it.

/// The text of a file. Never fails: what is no Unicode is read as Latin-1, as Windows editors of the course wrote it.
pub fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8_or_latin1(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // PowerShell's `>` without a mark: every second byte of ASCII text is zero.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => utf16(bytes, u16::from_le_bytes),
        _ => utf8_or_latin1(bytes),
    }
}

fn utf8_or_latin1(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(unit));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn reads_what_editors_write() {
        let little: Vec<u8> = "flask\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [&[0xFF, 0xFE], little.as_slice()].concat();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain("é".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let cases: [(&[u8], &str); 6] = [
            (b"\xEF\xBB\xBFflask", "flask"),
            (&marked, "flask\n"),
            (&little, "flask\n"),
            (&big, "é"),
            (b"donn\xE9es", "données"),
            (b"", ""),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(text(bytes), wanted);
        }
    }
}
