//! What students do to chapter notebooks: move, split, add, take out, rename, copy; and what each of it comes to.

use super::support::cells::{code, executed, markdown, notebook, run};
use super::support::{Files, Upstream, folder, inspect_folder};
use forkgrade::domain::facts::inspection::CellState::{self, Added, CommentsOnly, Completed, Open, Solution};
use forkgrade::domain::facts::inspection::{NotebookFacts, NotebookState};
use serde_json::Value;

const PATH: &str = "1Python/Listes.ipynb";

/// Four exercises: a blank below a question, a blank with a comment, code to complete, and a question that words answer.
fn chapter() -> Vec<Value> {
    vec![
        markdown("# Les listes\n\nUne liste garde l'ordre de ses éléments."),
        code("villes = ['Lille', 'Lyon', 'Brest']\nprint(villes[0])"),
        markdown("### Exercice 1\n\nTrier les villes par longueur."),
        code(""),
        markdown("### Exercice 2\n\nCompter les villes qui commencent par L."),
        code("# votre code ici"),
        markdown("### Exercice 3\n\nÉcrire la fonction qui rend la moyenne."),
        code("def moyenne(nombres):\n    # à compléter\n    ..."),
        markdown("### Question 4\n\nPourquoi un ensemble est-il plus rapide qu'une liste ?"),
        markdown("## Bilan\n\nVous savez trier et compter."),
    ]
}

const SORTED: &str = "sorted(villes, key=lambda ville: (len(ville), ville))";
const COUNTED: &str = "sum(1 for ville in villes if ville.startswith('L'))";
const MEAN: &str = "def moyenne(nombres):\n    return sum(nombres) / len(nombres)";

fn solved() -> Vec<Value> {
    let mut cells = chapter();
    (cells[3], cells[5], cells[7]) =
        (executed(SORTED, "stream"), executed(COUNTED, "stream"), executed(MEAN, "stream"));
    cells
}

/// Every notebook of a fork whose upstream went through these versions, newest first.
fn all(own: Files<'_>, versions: &[Files<'_>], base: Option<usize>) -> Vec<NotebookFacts> {
    inspect_folder(folder(own).path(), Some(Upstream::begun(versions, base))).notebooks
}

fn read(own: &[Value]) -> NotebookFacts {
    let upstream = notebook(&chapter());
    let files: Files<'_> = &[(PATH, &upstream)];
    let mut found = all(&[(PATH, &notebook(own))], &[files], Some(0));
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn states(facts: &NotebookFacts) -> Vec<CellState> {
    facts.cells.iter().map(|cell| cell.state).collect()
}

fn changed(change: impl FnOnce(&mut Vec<Value>)) -> NotebookFacts {
    let mut cells = chapter();
    change(&mut cells);
    read(&cells)
}

#[test]
fn every_exercise_is_told_with_its_cell() {
    let facts = changed(|cells| cells[3] = executed(SORTED, "stream"));
    assert_eq!((facts.exercise_cells, facts.completed_cells), (4, 1));
    assert_eq!(states(&facts), [Completed, Open, Open, Open]);
    let numbers: Vec<_> = facts.cells.iter().map(|cell| cell.number).collect();
    assert_eq!(numbers, [Some(4), Some(6), Some(8), Some(9)], "where the answers stand, or would");
    assert_eq!(facts.cells[0].first_line, SORTED);
    assert_eq!(facts.cells[1].first_line, "Exercice 2");
    assert!(facts.cells[0].executed && !facts.cells[0].error);
}

#[test]
fn answers_are_found_wherever_they_stand() {
    let (a, b) = ("ordre = list(villes)", "ordre.sort(key=len)");
    let split = changed(|cells| {
        cells[3] = code(a);
        cells.insert(4, code(b));
    });
    assert_eq!((split.completed_cells, split.changed_cells), (1, 2), "one answer in two cells");
    assert_eq!(states(&split), [Completed, Open, Open, Open]);

    let below = changed(|cells| cells.insert(4, code(SORTED)));
    assert_eq!(states(&below), [Completed, Open, Open, Open], "in a new cell below the empty one");
    let below = changed(|cells| cells.insert(8, code(MEAN)));
    assert_eq!(states(&below), [Open, Open, Completed, Open], "below the code to complete, left as it was");

    let reordered = changed(|cells| {
        cells[5] = code(COUNTED);
        cells[7] = code(MEAN);
        cells.swap(4, 6);
        cells.swap(5, 7);
    });
    assert_eq!(states(&reordered), [Open, Completed, Completed, Open], "the third exercise moved above the second");

    let shortened = changed(|cells| {
        cells[5] = code(COUNTED);
        cells.drain(0..4);
    });
    assert_eq!(states(&shortened), [Open, Completed, Open, Open], "the first exercise was taken out");
    assert_eq!(shortened.cells[0].number, None);

    let without_questions = changed(|cells| {
        cells[3] = code(SORTED);
        cells[5] = code(COUNTED);
        cells.remove(4);
    });
    assert_eq!(states(&without_questions), [Completed, Completed, Open, Open], "a question was taken out");
}

#[test]
fn what_is_no_answer_does_not_count() {
    let comments = changed(|cells| cells[3] = code("# je ne sais pas comment trier\n"));
    assert_eq!((comments.completed_cells, comments.changed_cells), (0, 0));
    assert_eq!(states(&comments), [CommentsOnly, Open, Open, Open]);
    for empty in ["def moyenne(nombres):\n    # TODO plus tard\n    pass", "def moyenne( nombres ):\n  ..."] {
        let facts = changed(|cells| cells[7] = code(empty));
        assert_eq!((facts.completed_cells, facts.state), (0, NotebookState::Resaved), "{empty}");
    }
    let example = changed(|cells| cells[1] = code("villes = ['Lille', 'Lyon', 'Brest', 'Nantes']\nprint(villes[0])"));
    assert_eq!(states(&example), [Open, Open, Open, Open, Added], "the course's example, changed, answers nothing");
    let repeated = changed(|cells| cells[3] = code("villes = ['Lille', 'Lyon', 'Brest']\nprint(villes[0])"));
    assert_eq!(repeated.completed_cells, 0, "the course's own code, copied");
    let words = changed(|cells| cells[3] = markdown("Il faudrait les trier avec sorted, je crois."));
    assert_eq!(words.completed_cells, 0, "words where code is asked for");
}

#[test]
fn words_answer_where_words_are_asked_for() {
    let why = "Un ensemble calcule une empreinte, une liste compare chaque élément.";
    let below = changed(|cells| cells.insert(9, markdown(why)));
    assert_eq!((states(&below), below.state), (vec![Open, Open, Open, Completed], NotebookState::Worked));
    let inside = changed(|cells| {
        let question = cells[8]["source"][0].as_str().expect("a text").to_owned();
        cells[8] = markdown(&format!("{question}\n\n{why}"));
    });
    assert_eq!(states(&inside), [Open, Open, Open, Completed], "below the question, in its own cell");
    let comment = changed(|cells| cells.insert(9, code(&format!("# {why}"))));
    assert_eq!(states(&comment), [Open, Open, Open, Completed], "as a comment");
    let nothing = changed(|cells| cells.insert(9, markdown("…")));
    assert_eq!(states(&nothing), [Open; 4]);

    let asked =
        [markdown("Question 1 : expliquez la différence."), markdown("*Votre réponse :*"), markdown("## Suite")];
    let upstream = notebook(&asked);
    let files: Files<'_> = &[(PATH, &upstream)];
    let mut own = asked.to_vec();
    own[1] = markdown("*Votre réponse :* oui");
    let facts = all(&[(PATH, &notebook(&own))], &[files], Some(0)).remove(0);
    assert_eq!((facts.exercise_cells, states(&facts)), (1, vec![Completed]), "in the room that was left for it");
}

#[test]
fn the_courses_own_solution_is_nobodys_work() {
    let (open, filled) = (notebook(&chapter()), notebook(&solved()));
    let versions: [Files<'_>; 2] = [&[(PATH, &filled)], &[(PATH, &open)]];
    let of = |own: &str| all(&[(PATH, own)], &versions, Some(1)).remove(0);
    let facts = of(&filled);
    assert_eq!((&facts.state, facts.exercise_cells, facts.completed_cells), (&NotebookState::Solution, 4, 0));
    assert_eq!((states(&facts), facts.solution_cells), (vec![Solution, Solution, Solution, Open], 3));
    let mut half = solved();
    half[5] = code("len([ville for ville in villes if ville[0] == 'L'])");
    let facts = of(&notebook(&half));
    assert_eq!((&facts.state, states(&facts)), (&NotebookState::Worked, vec![Solution, Completed, Solution, Open]));
    // A fork that began from the solved version, or merged it, holds nothing of its own.
    let facts = all(&[(PATH, &filled)], &versions, Some(0)).remove(0);
    assert_eq!((facts.state, facts.completed_cells), (NotebookState::Untouched, 0));
    // What can hardly be written in another way is not taken for a copy.
    let mut short = chapter();
    short[3] = code("villes.sort(key=len)");
    let (short, versions) = (
        notebook(&short),
        [solved(), chapter()].map(|mut cells| {
            if cells[3]["source"] != *"" && cells[3]["source"] != Value::Array(vec![]) {
                cells[3] = code("villes.sort(key=len)");
            }
            notebook(&cells)
        }),
    );
    let versions: [Files<'_>; 2] = [&[(PATH, &versions[0])], &[(PATH, &versions[1])]];
    let facts = all(&[(PATH, &short)], &versions, Some(1)).remove(0);
    assert_eq!(states(&facts), [Completed, Open, Open, Open]);
}

#[test]
fn a_notebook_with_the_solutions_is_no_chapter() {
    let (open, filled) = (notebook(&chapter()), notebook(&solved()));
    let corrected = "1Python/Listes-corrige.ipynb";
    let upstream: Files<'_> = &[(PATH, &open), (corrected, &filled)];
    let facts = all(&[(PATH, &filled), (corrected, &filled)], &[upstream], Some(0));
    assert_eq!(facts.len(), 1, "{facts:?}");
    assert_eq!((facts[0].path.as_str(), &facts[0].state), (PATH, &NotebookState::Solution));
}

#[test]
fn a_chapter_is_known_again_under_another_name() {
    let upstream = notebook(&chapter());
    let mut own = chapter();
    own[3] = code(SORTED);
    let own = notebook(&own);
    let files: Files<'_> = &[(PATH, &upstream)];
    for moved in ["Listes_lea.ipynb", "rendu/TP1.ipynb"] {
        let facts = all(&[(moved, &own)], &[files], Some(0));
        assert_eq!(facts.len(), 1, "found once, and not deleted");
        assert_eq!((facts[0].path.as_str(), facts[0].completed_cells), (moved, 1));
        assert_eq!(facts[0].chapter.as_ref().map(|path| path.as_str()), Some(PATH));
    }
    let facts = all(&[(PATH, &upstream), ("1Python/Listes-Copie.ipynb", &own)], &[files], Some(0));
    assert_eq!((facts.len(), facts[0].completed_cells), (1, 1), "the work is in a copy beside it");
    // The course numbered its chapters anew and wrote another exercise meanwhile.
    let mut longer = chapter();
    longer.push(markdown("### Exercice 5\n\nFusionner deux listes."));
    longer.push(code("# votre code ici"));
    let longer = notebook(&longer);
    let versions: [Files<'_>; 2] = [&[("2Python/Listes.ipynb", &longer)], files];
    let facts = all(&[(PATH, &own)], &versions, Some(1));
    assert_eq!((facts.len(), facts[0].exercise_cells, facts[0].completed_cells), (1, 4, 1));
}

#[test]
fn chapters_that_are_not_there_were_deleted_or_never_fetched() {
    let upstream = notebook(&chapter());
    let versions: [Files<'_>; 2] = [&[(PATH, &upstream), ("2Web/Flask.ipynb", &upstream)], &[(PATH, &upstream)]];
    let state = |base| -> Vec<_> {
        let facts = all(&[("a.txt", "a")], &versions, base);
        facts.into_iter().map(|facts| (facts.state, facts.exercise_cells)).collect()
    };
    assert_eq!(state(Some(1)), [(NotebookState::Deleted, 4), (NotebookState::NotFetched, 0)]);
    assert_eq!(
        state(None),
        [(NotebookState::NotFetched, 4), (NotebookState::NotFetched, 4)],
        "nobody knows since when"
    );
}

#[test]
fn the_order_of_execution_is_that_of_the_changed_cells() {
    let in_order = changed(|cells| (cells[3], cells[5]) = (run(SORTED, 4), run(COUNTED, 9)));
    assert_eq!(in_order.out_of_order_cells, 0);
    let jumped = changed(|cells| (cells[3], cells[5]) = (run(SORTED, 9), run(COUNTED, 4)));
    assert_eq!((jumped.out_of_order_cells, jumped.executed_cells), (1, 2));
    let of_the_course = changed(|cells| {
        cells[1] = run("villes = ['Lille', 'Lyon', 'Brest']\nprint(villes[0])", 50);
        cells[3] = run(SORTED, 4);
    });
    assert_eq!(of_the_course.out_of_order_cells, 0, "the teacher's cells are not looked at");
}

#[test]
fn a_first_line_shows_no_secret_and_steers_nothing() {
    for secret in [
        "client = MongoClient('mongodb://lea:s3cr3t-word@cloud.example.org/db')",
        "api_key = 'a1b2c3d4e5f6a7b8'",
        "connect(user='lea', password='a1b2c3d4e5f6a7b8')",
    ] {
        let facts = changed(|cells| cells[3] = code(secret));
        assert_eq!((facts.completed_cells, facts.cells[0].first_line.as_str()), (1, "…"), "{secret}");
    }
    let facts = changed(|cells| cells[3] = code("x = 'a\u{202E}b'\u{7}  # \u{200B}"));
    assert_eq!(facts.cells[0].first_line, "x = 'ab'  # ");
    let facts = changed(|cells| cells[3] = code(&"x".repeat(5_000)));
    assert_eq!(facts.cells[0].first_line.chars().count(), 80);
}

#[test]
fn the_answer_of_a_later_version_of_the_course_changes_nothing() {
    // The student answered; the course then edits a question, adds one, and gives the fork nothing of it.
    let (before, mut later) = (chapter(), chapter());
    later[2] = markdown("### Exercice 1\n\nTrier les villes par longueur, puis par nom.");
    later.push(markdown("### Exercice 5\n\nFusionner."));
    later.push(code("# votre code ici"));
    let mut own = before.clone();
    own[3] = executed(SORTED, "stream");
    let (before, later, own) = (notebook(&before), notebook(&later), notebook(&own));
    let versions: [Files<'_>; 2] = [&[(PATH, &later)], &[(PATH, &before)]];
    for base in [Some(1), None] {
        let facts = all(&[(PATH, &own)], &versions, base).remove(0);
        assert_eq!((facts.exercise_cells, facts.completed_cells, facts.changed_cells), (4, 1, 1), "{base:?}");
    }
}
