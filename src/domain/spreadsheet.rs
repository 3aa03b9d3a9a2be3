//! Text on its way into a spreadsheet.
//! May import: std.
//! Next: `cli/export.rs`, `web/links.rs` and `roster/write.rs`, which write CSV.

/// A cell that a spreadsheet would run as a formula becomes text.
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_formula_becomes_text() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("Zoé"), "Zoé");
    }
}
