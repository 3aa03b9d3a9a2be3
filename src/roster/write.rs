//! The class list as a file that can be imported again, and that a spreadsheet opens without running anything in it.
//! May import: csv, `db/`, `domain/`.
//! Next: `mod.rs`, which reads it back.

use crate::db::roster::{Awaited, Listed};
use crate::domain::spreadsheet::harmless;

/// CSV with semicolons and a byte order mark, as Excel expects it: everybody on the list, and whoever is awaited.
pub fn write(students: &[Listed], awaited: &[Awaited]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(["GitHub", "name", "email", "group", "forks"])?;
    for student in students.iter().filter(|student| student.rostered) {
        let Listed { login, name, email, group, forks, .. } = student;
        let cells = [Some(login.to_string()), name.clone(), email.clone(), group.clone(), Some(forks.join(" "))];
        writer.write_record(cells.map(|cell| harmless(&cell.unwrap_or_default())))?;
    }
    for Awaited { name, email, group, .. } in awaited {
        let cells = [None, Some(name.clone()), email.clone(), group.clone(), None];
        writer.write_record(cells.map(|cell| harmless(&cell.unwrap_or_default())))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::from(error.error().kind())))
}
