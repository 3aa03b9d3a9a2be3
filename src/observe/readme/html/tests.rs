use std::fmt::Write;

use super::{read, text_of, tree};

fn titles(markup: &str) -> Vec<(String, usize)> {
    let document = read(&tree(markup).expect("within bounds"), |_, _| None);
    document.sections.into_iter().filter_map(|section| Some((section.title?, section.level))).collect()
}

#[test]
fn headings_are_found_wherever_they_stand() {
    let found = titles(
        "<div align=center><h1>Ciné <b>Paris</b></h1></div><h2><img src=a.png alt='Le logo'></h2>\
         <details><summary>Plus</summary><h3> Deux\n mots </h3></details><h4></h4><script>document.write('<h1>x</h1>')</script>",
    );
    let wanted = [("Ciné Paris", 1), ("Le logo", 2), ("Deux mots", 3)];
    assert_eq!(found, wanted.map(|(title, level)| (title.to_owned(), level)));
}

#[test]
fn what_nobody_sees_is_no_text() {
    let html =
        tree("<p>un<style>p{}</style><!-- rien --> deux</p><pre><code>python app.py</code></pre><p>trois<br>quatre")
            .unwrap();
    let document = read(&html, |_, _| None);
    assert_eq!(document.visible(), "un deux\ntrois\nquatre\n");
    assert_eq!(document.code, ["python app.py"]);
}

#[test]
fn bombs_are_refused_at_little_cost() {
    // Each paragraph repeats every element that is left open before it.
    let mut open = String::new();
    for number in 0..8_000 {
        write!(open, "<b id={number}>").unwrap();
    }
    let bombs = [
        open.clone() + &"<p>".repeat(20_000),
        "<div>".repeat(50_000),
        "<i>".repeat(50_000),
        format!("<p {}>", (0..20_000).fold(String::new(), |all, number| all + &format!("a{number} "))),
        "<table>".repeat(50_000),
        "<svg><foreignObject>".repeat(20_000),
        "<select><option>".repeat(20_000),
        "<a href=x>".repeat(50_000),
    ];
    for bomb in bombs {
        assert!(tree(&bomb).is_none(), "{}", &bomb[..40]);
    }
    let html = tree(&format!("<p {}>un</p>", "a=1 b ".repeat(2_000))).expect("one long tag is only cut");
    assert!(text_of(html).len() < 300);
}

#[test]
fn what_is_kept_is_read_again_as_it_was() {
    for markup in [
        "<b>un<p>deux</b>trois",
        "<table><b>x<tr><td>y",
        "<ul><li>a<ul><li>b",
        "<a href=x>a<a href=y>b",
        "&lt;b&gt; &amp;",
    ] {
        let kept = text_of(tree(markup).unwrap());
        assert_eq!(text_of(tree(&kept).unwrap()), kept, "{markup}");
    }
}
