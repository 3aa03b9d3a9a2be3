use super::{Topic, command, fold, language, topic};

fn of(run: bool, technical: bool, functional: bool) -> Topic {
    Topic { run, technical, functional }
}

#[test]
fn titles_mean_what_students_mean() {
    let cases = [
        ("Installation", of(true, false, false)),
        ("Instalation", of(true, false, false)),
        ("3. Lancement de l'application", of(true, false, false)),
        ("Lancer avec Docker", of(true, false, false)),
        ("Démarrage rapide", of(true, false, false)),
        ("Pré-requis", of(true, false, false)),
        ("How to run", of(true, false, false)),
        ("Getting started", of(true, false, false)),
        ("Quick Start 🚀", of(true, false, false)),
        ("Setup", of(true, false, false)),
        ("Documentation technique", of(false, true, false)),
        ("DOCUMENTATION TECHNIQUE", of(false, true, false)),
        ("Guide technique", of(false, true, false)),
        ("Technical guide", of(false, true, false)),
        ("Developer Guide", of(false, true, false)),
        ("Architecture technique", of(false, true, false)),
        ("Architecutre", of(false, true, false)),
        ("Choix techniques", of(false, true, false)),
        ("Choix de la base de données", of(false, true, false)),
        ("Le scraping", of(false, true, false)),
        ("Structure du projet", of(false, true, false)),
        ("Flask", of(false, true, false)),
        ("Documentation fonctionnelle", of(false, false, true)),
        ("Fonctionnalités", of(false, false, true)),
        ("Guide utilisateur", of(false, false, true)),
        ("Manuel", of(false, false, true)),
        ("Manuel utilisateur", of(false, false, true)),
        ("User guide", of(false, false, true)),
        ("User Manual", of(false, false, true)),
        ("Features", of(false, false, true)),
        ("Présentation du projet", of(false, false, true)),
        ("But du projet", of(false, false, true)),
        ("À propos", of(false, false, true)),
        ("Le site", of(false, false, true)),
        ("Mode d’emploi", of(true, false, true)),
        ("Guide d’utilisation", of(true, false, true)),
        ("Usage", of(true, false, true)),
        ("Auteurs", of(false, false, false)),
        ("Licence", of(false, false, false)),
        ("Remerciements", of(false, false, false)),
    ];
    for (title, wanted) in cases {
        assert_eq!(topic(title), wanted, "{title}");
    }
    assert_eq!(fold("Éxécution"), "execution");
}

#[test]
fn finds_commands_in_code_and_in_prose() {
    let cases = [
        ("$ docker-compose up -d --build", true, Some("docker-compose up -d --build")),
        ("docker compose -f a.yml up", true, Some("docker compose -f a.yml up")),
        ("Lancez la commande python app.py puis ouvrez la page", false, Some("python app.py")),
        ("Il faut faire `pip install -r requirements.txt`.", false, Some("pip install -r requirements.txt")),
        ("python est un langage que nous aimons", false, None),
        ("set FLASK_APP=run.py", true, Some("set FLASK_APP=run.py")),
        ("flask run", true, Some("flask run")),
        ("Bonjour", false, None),
        // Told, and not written.
        ("lancez app.py avec python", false, Some("python app.py")),
        ("Il suffit d'exécuter le fichier site/main.py.", false, Some("python site/main.py")),
        ("Pour démarrer, lancer le script start.sh", false, Some("sh start.sh")),
        ("Run the app.py file", false, Some("python app.py")),
        ("You can start the server by running main.py", false, Some("python main.py")),
        ("Lancez le docker-compose puis patientez", false, Some("docker-compose up")),
        ("ouvrez localhost:5000", false, Some("localhost:5000")),
        ("Le site est accessible à l'adresse http://127.0.0.1:8050/.", false, Some("http://127.0.0.1:8050")),
        ("Then go to http://localhost:5000/films to see them", false, Some("http://localhost:5000/films")),
        // Spoken of, and not told to do.
        ("Le fichier app.py contient les routes", false, None),
        ("The file main.py starts nothing", false, None),
        ("MongoDB écoute sur localhost:27017", false, None),
        ("Nous avons lancé une enquête", false, None),
    ];
    for (line, is_code, wanted) in cases {
        assert_eq!(command(line, is_code).map(|found| found.text).as_deref(), wanted, "{line}");
    }
}

#[test]
fn guesses_the_language() {
    assert_eq!(language("Nous avons fait une application pour les films"), "fr");
    assert_eq!(language("This is the application that we made for you"), "en");
    assert_eq!(language("Lorem ipsum"), "other");
}
