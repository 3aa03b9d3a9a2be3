use super::*;

fn pattern(text: &str) -> HostPattern {
    text.parse().unwrap()
}

#[test]
fn a_pattern_names_hosts_and_ports() {
    let cases = [
        ("example.org", "example.org", 443, true),
        ("example.org", "example.org", 8080, false),
        ("example.org:8080", "example.org", 8080, true),
        ("example.org:8080", "example.org", 443, false),
        ("example.org", "www.example.org", 443, false),
        ("*.example.org", "www.example.org", 80, true),
        ("*.example.org", "a.b.example.org", 80, true),
        ("*.example.org", "example.org", 80, false),
        ("*.example.org", "evilexample.org", 80, false),
        ("EXAMPLE.org.", "example.org", 80, true),
        ("*", "example.org", 80, true),
        ("*", "example.org", 22, false),
        ("*:8080", "example.org", 8080, true),
        ("*", "203.0.113.7", 80, false),
        ("*", "[2001:db8::1]", 80, false),
        ("203.0.113.7", "203.0.113.7", 80, true),
        ("[2001:DB8::1]:8080", "[2001:db8::1]", 8080, true),
        ("école.fr", "xn--cole-9oa.fr", 80, true),
    ];
    for (text, host, port, wanted) in cases {
        assert_eq!(pattern(text).matches(host, port), wanted, "{text} {host} {port}");
    }
}

#[test]
fn what_is_no_pattern_says_what_one_is() {
    for text in [
        "",
        "https://example.org",
        "example.org/x",
        "*.*.org",
        "a*b.org",
        "example.org:0",
        "example.org:x",
        "a b",
        "user@example.org",
        "*.",
    ] {
        let error = text.parse::<HostPattern>().unwrap_err().to_string();
        assert!(error.contains(&format!("{text:?}")) && error.contains("*.example.org"), "{error}");
    }
}

#[test]
fn a_host_has_one_spelling() {
    let cases = [
        ("Example.ORG.", "example.org"),
        ("127.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("[0:0:0:0:0:0:0:1]", "[::1]"),
    ];
    for (text, wanted) in cases {
        assert_eq!(host_name(text).as_deref(), Some(wanted), "{text}");
    }
    assert_eq!(host_name("a b"), None);
    assert_eq!(host_name(""), None);
}

#[test]
fn a_course_writes_a_word_or_a_table() {
    let read = |json: serde_json::Value| serde_json::from_value::<Egress>(json).unwrap();
    assert!(read(serde_json::json!("none")).is_closed());
    let listed = read(serde_json::json!({ "allow": ["example.org"] }));
    assert_eq!(listed.mode, EgressMode::AllowList);
    assert!(listed.lets_programs_ask("example.org", 443) && !listed.lets_programs_ask("example.com", 443));
    let pictures = read(serde_json::json!({ "assets": ["cdn.example.org"] }));
    assert!(
        pictures.lets_the_browser_ask("cdn.example.org", 443) && !pictures.lets_programs_ask("cdn.example.org", 443)
    );
    assert!(!pictures.is_closed() && !pictures.lets_programs_resolve("cdn.example.org"));
    for egress in [Egress::default(), listed, pictures] {
        assert_eq!(read(serde_json::to_value(&egress).unwrap()), egress);
    }
}

#[test]
fn nothing_is_written_as_it_always_was() {
    assert_eq!(serde_json::to_value(Egress::default()).unwrap(), serde_json::json!("none"));
}
