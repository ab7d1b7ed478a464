//! The example as its user meets it: the program itself, over HTTP, on databases of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

struct Service {
    process: Child,
    address: String,
    folder: PathBuf,
}

impl Service {
    fn start(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("notes-api").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut process = Command::new(env!("CARGO_BIN_EXE_notes-api"))
            .current_dir(&folder)
            .env("ADDRESS", "127.0.0.1:0")
            .env_remove("MAIN_URL")
            .env_remove("AUDIT_URL")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let address = lines
            .find_map(|line| {
                let line = line.expect("its output is text");
                let (_, rest) = line.split_once("http://")?;
                Some(rest.split_whitespace().next()?.to_owned())
            })
            .expect("the example says where it listens");
        // The rest of its output has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address, folder }
    }

    /// A service with the users 1, `ada`, and 2, `bob`.
    fn with_users(name: &str) -> Self {
        let service = Self::start(name);
        for user in ["ada", "bob"] {
            service.expect(201, "POST", "/users", &format!(r#"{{"name":"{user}"}}"#));
        }
        service
    }

    /// The JSON of an answer with this status; of any other body, and of none, `Value::Null`.
    #[track_caller]
    fn expect(&self, expected: u16, method: &str, path: &str, body: &str) -> Value {
        let (status, answer) = self.ask(method, path, body);
        assert_eq!(status, expected, "{method} {path} {body}: {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, "")
    }

    /// Status and body of one request.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: notes-api\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a page");
    items.iter().filter_map(|note| note["title"].as_str()).collect()
}

/// The path of a neighbour of a page.
fn link<'a>(page: &'a Value, which: &str) -> &'a str {
    page[which].as_str().unwrap_or_else(|| panic!("no page is {which}: {page}"))
}

/// Named for the backend, as the table of `cargo xtask test` counts them.
mod sqlite {
    use serde_json::{Value, json};

    use super::{Service, link, titles};

    const MILK: &str = r#"{"title":"milk","body":"two litres","author_id":1}"#;

    #[test]
    fn a_note_from_its_first_word_to_its_end() {
        let service = Service::with_users("life");

        let added = service.expect(201, "POST", "/notes", MILK);
        assert_eq!((&added["id"], &added["version"]), (&json!(1), &json!(1)));
        assert_eq!(added["status"], "draft", "the default");
        assert!(added["created_at"].as_str().is_some_and(|time| time.ends_with('Z')), "{added}");
        assert_eq!(added.get("deleted_at"), None, "hidden");
        assert_eq!(service.get("/notes/1"), added, "as it is stored");

        service.expect(204, "DELETE", "/notes/1", "");
        service.expect(404, "GET", "/notes/1", "");
        service.expect(404, "DELETE", "/notes/1", "");
        assert_eq!(titles(&service.get("/notes")), [""; 0]);
    }

    #[test]
    fn a_patch_tells_null_from_absent() {
        let service = Service::with_users("patch");
        let added = service.expect(201, "POST", "/notes", MILK);

        let kept = service.expect(200, "PATCH", "/notes/1", r#"{"title":"oat milk"}"#);
        assert_eq!((&kept["title"], &kept["body"]), (&json!("oat milk"), &json!("two litres")));
        let emptied = service.expect(200, "PATCH", "/notes/1", r#"{"body":null}"#);
        assert_eq!((&emptied["title"], &emptied["body"]), (&json!("oat milk"), &Value::Null));
        assert_eq!(emptied["created_at"], added["created_at"]);
        assert_eq!(service.expect(200, "PATCH", "/notes/1", "{}"), emptied, "nothing to change");

        service.expect(422, "PATCH", "/notes/1", r#"{"title":null}"#);
        for field in
            [r#"{"id":7}"#, r#"{"author_id":2}"#, r#"{"created_at":"2027-01-01T00:00:00Z"}"#]
        {
            service.expect(422, "PATCH", "/notes/1", field);
        }
        assert_eq!(service.get("/notes/1"), emptied);
    }

    #[test]
    fn of_two_who_edit_the_slower_one_learns_of_it() {
        let service = Service::with_users("versions");
        service.expect(201, "POST", "/notes", MILK);

        let first = service.expect(200, "PATCH", "/notes/1", r#"{"title":"tea","version":1}"#);
        assert_eq!(first["version"], 2);
        service.expect(409, "PATCH", "/notes/1", r#"{"title":"rice","version":1}"#);
        assert_eq!(service.get("/notes/1"), first);
    }

    #[test]
    fn what_is_refused_says_whose_fault_it_is_and_no_more() {
        let service = Service::with_users("refused");
        service.expect(201, "POST", "/notes", r#"{"title":"milk","author_id":1}"#);

        for (method, path, body) in [
            ("GET", "/notes/99", ""),
            ("GET", "/notes/milk", ""),
            ("PATCH", "/notes/99", r#"{"title":"tea"}"#),
            ("PATCH", "/notes/99", "{}"),
            ("DELETE", "/notes/99", ""),
            ("DELETE", "/users/99", ""),
            ("DELETE", "/users/99/drafts", ""),
        ] {
            service.expect(404, method, path, body);
        }
        service.expect(409, "POST", "/users", r#"{"name":"ada"}"#);
        service.expect(409, "POST", "/notes", r#"{"title":"tea","author_id":99}"#);

        let (fits, long) = ("ü".repeat(80), "ü".repeat(81));
        service.expect(201, "POST", "/notes", &format!(r#"{{"title":"{fits}","author_id":2}}"#));
        let new = format!(r#"{{"title":"{long}","author_id":2}}"#);
        let problem = service.expect(422, "POST", "/notes", &new);
        assert_eq!(problem["status"], 422);
        assert!(!problem.to_string().contains("title_check"), "{problem}");
        service.expect(422, "PATCH", "/notes/1", &format!(r#"{{"title":"{long}"}}"#));

        assert_eq!(titles(&service.get("/notes")), [&fits, "milk"]);
    }

    #[test]
    fn a_token_is_made_and_never_shown() {
        let service = Service::with_users("tokens");
        assert_eq!(service.get("/users/1"), json!({ "id": 1, "name": "ada" }));
        assert_eq!(service.get("/users?name=bob")["items"], json!([{ "id": 2, "name": "bob" }]));
        let token = r#"{"name":"eve","token":"00000000-0000-0000-0000-000000000000"}"#;
        let refused = service.expect(422, "POST", "/users", token);
        assert!(refused.to_string().contains("`name`"), "{refused}");
        for query in ["token=x", "token.null=true", "order=token"] {
            service.expect(400, "GET", &format!("/users?{query}"), "");
        }
    }

    #[test]
    fn pages_of_what_a_filter_finds() {
        let service = Service::with_users("pages");
        for title in ["one", "two", "three", "four", "five"] {
            service.expect(
                201,
                "POST",
                "/notes",
                &format!(r#"{{"title":"{title}","author_id":1}}"#),
            );
        }
        service.expect(201, "POST", "/notes", r#"{"title":"other","author_id":2}"#);
        service.expect(200, "PATCH", "/notes/1", r#"{"status":"published"}"#);

        let first = service.get("/notes?author_id=1&size=2");
        assert_eq!((titles(&first), &first["previous"]), (vec!["five", "four"], &Value::Null));
        let second = service.get(link(&first, "next"));
        assert_eq!(titles(&second), ["three", "two"]);

        // A new note is no reason to see an old one twice.
        service.expect(204, "DELETE", "/notes/5", "");
        service.expect(201, "POST", "/notes", r#"{"title":"six","author_id":1}"#);
        let last = service.get(link(&second, "next"));
        assert_eq!((titles(&last), &last["next"]), (vec!["one"], &Value::Null));
        assert_eq!(titles(&service.get(link(&last, "previous"))), ["three", "two"]);

        let drafts = service.get("/notes?author_id=1&status=draft&order=title");
        assert_eq!(titles(&drafts), ["four", "six", "three", "two"]);
        assert_eq!((&drafts["previous"], &drafts["next"]), (&Value::Null, &Value::Null));
        assert_eq!(titles(&service.get("/notes?status=published")), ["one"]);
        assert_eq!(
            titles(&service.get("/notes?title.starts_with=t&order=title")),
            ["three", "two"]
        );
        assert_eq!(titles(&service.get("/notes?author_id=99")), [""; 0]);

        for query in
            ["size=0", "size=1001", "status=lost", "cursor=x", "page=2", "body=x", "order=body"]
        {
            service.expect(400, "GET", &format!("/notes?{query}"), "");
        }
        for query in ["page=0", "page=-1", "page=x"] {
            service.expect(400, "GET", &format!("/users?{query}"), "");
        }
    }

    #[test]
    fn many_notes_are_added_all_or_none() {
        let service = Service::with_users("many");

        let notes = r#"[{"title":"eggs","author_id":1},{"title":"tea","author_id":1}]"#;
        assert_eq!(service.expect(201, "POST", "/notes", notes), json!({ "rows": 2 }));
        let long = "x".repeat(81);
        let one_is_too_long =
            format!(r#"[{{"title":"rice","author_id":1}},{{"title":"{long}","author_id":1}}]"#);
        service.expect(422, "POST", "/notes", &one_is_too_long);
        assert_eq!(service.expect(201, "POST", "/notes", "[]"), json!({ "rows": 0 }));

        assert_eq!(titles(&service.get("/notes?order=title")), ["eggs", "tea"]);
    }

    #[test]
    fn a_4xx_takes_back_what_was_inserted() {
        let service = Service::with_users("taken_back");
        let note = |title: u8| format!(r#"{{"title":"{title}","author_id":1}}"#);
        for title in 1..=5 {
            service.expect(201, "POST", "/notes", &note(title));
        }
        let refused = service.expect(403, "POST", "/notes", &note(6));
        assert_eq!(refused["detail"], "an author has at most 5 drafts: publish one first");
        service.expect(403, "POST", "/notes", &format!("[{},{}]", note(7), note(8)));
        assert_eq!(titles(&service.get("/notes")).len(), 5);

        service.expect(200, "PATCH", "/notes/1", r#"{"status":"published"}"#);
        service.expect(201, "POST", "/notes", &note(9));
        assert_eq!(titles(&service.get("/notes?size=1")), ["9"]);
    }

    #[test]
    fn drafts_go_by_filter_and_notes_with_their_author() {
        let service = Service::with_users("gone");
        for (title, author) in [("eggs", 1), ("tea", 1), ("rice", 2)] {
            service.expect(
                201,
                "POST",
                "/notes",
                &format!(r#"{{"title":"{title}","author_id":{author}}}"#),
            );
        }
        service.expect(200, "PATCH", "/notes/1", r#"{"status":"published"}"#);

        let removed = service.expect(200, "DELETE", "/users/1/drafts", "");
        assert_eq!(removed, json!({ "rows": 1 }));
        assert_eq!(titles(&service.get("/notes")), ["rice", "eggs"]);

        service.expect(204, "DELETE", "/users/1", "");
        assert_eq!(titles(&service.get("/notes")), ["rice"], "cascade");
    }

    #[test]
    fn two_databases_commit_together_or_not_at_all() {
        let service = Service::with_users("audited");
        service.expect(201, "POST", "/notes", MILK);

        let edit = r#"{"title":"oat milk"}"#;
        let note = service.expect(200, "PATCH", "/notes/1/audited?reason=vegan", edit);
        assert_eq!(note["title"], "oat milk");

        let refused = format!("/notes/1/audited?reason={}", "x".repeat(101));
        service.expect(422, "PATCH", &refused, r#"{"title":"no milk"}"#);
        service.expect(404, "PATCH", "/notes/99/audited?reason=lost", edit);
        service.expect(400, "PATCH", "/notes/1/audited", edit);

        assert_eq!(service.get("/notes/1"), note, "the other database refused");
        let log = service.get("/audit");
        assert_eq!(log["items"].as_array().map(Vec::len), Some(1), "{log}");
        let entry = &log["items"][0];
        assert_eq!((&entry["note_id"], &entry["reason"]), (&json!(1), &json!("vegan")));

        service.expect(204, "DELETE", "/users/1", "");
        assert_eq!(service.get("/audit?note_id=1"), log, "the trace stays");
        assert_eq!(service.get("/audit?note_id=2")["items"], json!([]));
    }
}
