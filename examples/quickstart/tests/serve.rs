//! The example as its user meets it: the program itself, over HTTP, on databases of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Service {
    process: Child,
    address: String,
    folder: std::path::PathBuf,
}

impl Service {
    fn start(name: &str) -> Self {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_quickstart"))
            .current_dir(&folder)
            .env("ADDRESS", "127.0.0.1:0")
            .env_remove("MAIN_URL")
            .env_remove("AUDIT_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                let line = line.unwrap();
                let (_, rest) = line.split_once("http://")?;
                Some(rest.split_whitespace().next()?.to_owned())
            })
            .expect("the example says where it listens");
        // The rest of its output has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address, folder }
    }

    /// Status and body of one request.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: quickstart\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Both databases of the service.
mod sqlite {
    use super::Service;

    #[test]
    fn post_then_get_and_a_4xx_leaves_nothing() {
        let service = Service::start("post_then_get");

        let (status, _) = service.ask("POST", "/notes", r#"{"title":"milk"}"#);
        assert_eq!(status, 201);
        let (status, notes) = service.ask("GET", "/notes", "");
        assert_eq!((status, notes.as_str()), (200, r#"[{"id":1,"title":"milk"}]"#));

        let (status, _) = service.ask("POST", "/notes/strict", r#"{"title":""}"#);
        assert_eq!(status, 422);
        let (status, _) = service.ask("POST", "/notes", r#"{"title":"milk"}"#);
        assert_eq!(status, 409);
        let (_, notes) = service.ask("GET", "/notes", "");
        assert_eq!(notes, r#"[{"id":1,"title":"milk"}]"#, "what was refused left nothing");
    }

    #[test]
    fn blocks_and_two_binds() {
        let service = Service::start("blocks");

        let (status, created) = service.ask("POST", "/notes/many", r#"["eggs","eggs","tea"]"#);
        assert_eq!((status, created.contains("tea")), (201, true));
        let (status, _) = service.ask("POST", "/notes/audited", r#"{"title":"keys"}"#);
        assert_eq!(status, 201);
        let (status, _) = service.ask("POST", "/notes/audited", r#"{"title":"keys"}"#);
        assert_eq!(status, 409);

        let (_, notes) = service.ask("GET", "/notes", "");
        assert_eq!(notes.matches("title").count(), 3, "{notes}");
        let (_, audit) = service.ask("GET", "/audit", "");
        assert_eq!(
            audit.matches("what").count(),
            1,
            "both binds rolled back the second time: {audit}"
        );
    }
}
