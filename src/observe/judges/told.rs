//! What a command is told: the facts so far, and the submission as Gradescope describes one.
//! May import: serde_json, `domain/`.
//! Next: `mod.rs` puts both beside the project's files.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::domain::Course;
use crate::domain::course::Deadline;
use crate::domain::facts::{Execution, Inspection};
use crate::domain::judges::Command;

/// Who handed something in, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    pub id: i64,
    pub created_at: DateTime<Utc>,
    pub users: Vec<User>,
}

/// A student, as Gradescope names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
}

/// The inspection without what is the fork's and not the project's: equal projects are told the same.
pub fn of_project(inspection: &Inspection) -> Inspection {
    Inspection { history: None, notebooks: Vec::new(), ..inspection.clone() }
}

/// `facts.json`.
pub fn facts(inspection: &Inspection, execution: Option<&Execution>) -> Json {
    json!({ "inspection": inspection, "execution": execution })
}

/// `submission_metadata.json`. A project alone was handed in by nobody, at its commit's date.
pub fn metadata(course: &Course, command: &Command, submitted: &HandedIn) -> Json {
    json!({
        "id": submitted.id,
        "created_at": submitted.created_at.to_rfc3339(),
        "assignment": assignment(course, command),
        "submission_method": "GitHub",
        "users": submitted.users,
        "previous_submissions": [],
    })
}

/// The same whoever handed in.
pub fn assignment(course: &Course, command: &Command) -> Json {
    let due = course.deadline.as_ref().map(|deadline| deadline.at.to_rfc3339());
    json!({
        "id": 0,
        "course_id": 0,
        "title": course.title,
        "due_date": due,
        "late_due_date": course.deadline.as_ref().and_then(late_until),
        "release_date": null,
        "group_size": null,
        "group_submission": true,
        "total_points": decimal(command.out_of.unwrap_or(course.scale)),
    })
}

/// The last moment at which something late still counts.
fn late_until(deadline: &Deadline) -> Option<String> {
    deadline.penalty_per_day?;
    let until = deadline.ends_at().checked_add_signed(TimeDelta::days(deadline.late_days.into()))?;
    Some(until.to_rfc3339())
}

/// `20.0`, as Gradescope writes them.
fn decimal(points: crate::domain::Points) -> String {
    let text = points.to_string();
    if text.contains('.') { text } else { text + ".0" }
}
