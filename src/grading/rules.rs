//! Deadline, visibility and scale as course.toml has them at a start: what they change of the last one is written down.
//! May import: `db/`, `domain/`.
//! Next: `app.rs`, which asks before it applies a course.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use sqlx::PgPool;

use super::decision::Decision;
use crate::db;
use crate::db::audit::Entry;
use crate::domain::Course;
use crate::domain::audit::{Action, Actor};

/// Call it before a course's configuration takes the place of the last one: students saw their grades by the rules of before. Nothing
/// where the course is new, or where its rules are what they were. Scores count by the new ones when the class is scored again.
pub async fn note_rules(pool: &PgPool, course: &Course, now: DateTime<Utc>) -> sqlx::Result<()> {
    let known = db::courses::by_slug(&mut *pool.acquire().await?, &course.slug).await;
    let (id, before) = match known {
        Ok(Some(known)) => known,
        Ok(None) => return Ok(()),
        Err(sqlx::Error::Decode(error)) => {
            tracing::warn!(%error, "the configuration of before was written by another version");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let (mut old, mut new) = (rules(&before), rules(course));
    let same: Vec<String> = old.keys().filter(|key| old.get(*key) == new.get(*key)).cloned().collect();
    for key in same {
        old.remove(&key);
        new.remove(&key);
    }
    if old.is_empty() && new.is_empty() {
        return Ok(());
    }
    let mut decision = Decision::begin(pool, id, &before, None, now).await?;
    let entry = Entry::new(&Actor::CourseFile, Action::RulesChanged).changing(Value::Object(old), Value::Object(new));
    db::audit::write(decision.conn(), id, &entry, now).await?;
    decision.commit().await
}

fn rules(course: &Course) -> Map<String, Value> {
    let mut rules = Map::new();
    rules.insert("visibility".into(), json!(course.visibility));
    rules.insert("scale".into(), json!(course.scale));
    if let Some(deadline) = &course.deadline {
        let until = deadline.at.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true);
        rules.insert("until".into(), until.into());
        rules.insert("grace_minutes".into(), deadline.grace_minutes.into());
        rules.insert("late_days".into(), deadline.late_days.into());
        if let Some(penalty) = deadline.penalty_per_day {
            rules.insert("penalty_per_day".into(), json!(penalty));
        }
    }
    rules
}
