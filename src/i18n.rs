//! Wording: turns a `Message` into a sentence in French or English.
//! May import: `domain/`. The sentences live in `locales/<language>/*.ftl` (Fluent).
//! Next: `templates/` for whole pages.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

use crate::domain::Message;
use crate::domain::course::Language;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        // Isolation marks would show up as boxes in terminals and exports.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static FRENCH: LanguageIdentifier = langid!("fr");
static ENGLISH: LanguageIdentifier = langid!("en");

fn identifier(language: Language) -> &'static LanguageIdentifier {
    match language {
        Language::Fr => &FRENCH,
        Language::En => &ENGLISH,
    }
}

/// The sentence of a message. A key without wording comes out as the key itself, which `tests/locales.rs` refuses.
pub fn text(language: Language, message: &Message) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
        message.args.iter().map(|(name, value)| (Cow::Owned(name.clone()), fluent_value(value))).collect();
    LOCALES.try_lookup_with_args(identifier(language), &message.key, &args).unwrap_or_else(|| message.key.clone())
}

/// The sentence of a key without arguments.
pub fn word(language: Language, key: &str) -> String {
    text(language, &Message::new(key))
}

// Whole numbers take part in plural rules; everything else is text.
fn fluent_value(value: &str) -> FluentValue<'_> {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}
