//! The example as its user meets it: the program itself, over HTTP, on three databases of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};

struct Service {
    process: Child,
    address: String,
    folder: std::path::PathBuf,
}

impl Service {
    /// On new databases; those of the servers stay there, which are thrown away.
    async fn start(name: &str) -> Self {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let database = format!("three_backends_{name}_{}", std::process::id());
        let create = || AssertSqlSafe(format!("CREATE DATABASE {database}"));
        let postgres = server("BINDERY_TEST_POSTGRES_URL");
        PgConnection::connect(&postgres).await.unwrap().execute(create()).await.unwrap();
        let mysql = server("BINDERY_TEST_MYSQL_URL");
        MySqlConnection::connect(&mysql).await.unwrap().execute(create()).await.unwrap();

        let mut process = Command::new(env!("CARGO_BIN_EXE_three-backends"))
            .current_dir(&folder)
            .env("ADDRESS", "127.0.0.1:0")
            .env_remove("SQLITE_URL")
            .env("POSTGRES_URL", renamed(&postgres, &database))
            .env("MYSQL_URL", renamed(&mysql, &database))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                let line = line.unwrap();
                let (_, rest) = line.split_once("http://")?;
                Some(rest.trim().to_owned())
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
            "{method} {path} HTTP/1.1\r\nhost: three-backends\r\nconnection: close\r\n\
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

    fn notes(&self, of: &str) -> String {
        let (status, notes) = self.ask("GET", of, "");
        assert_eq!(status, 200, "{of}: {notes}");
        notes
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn server(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: run the tests with `cargo xtask test`"))
}

/// The URL of another database of the same server.
fn renamed(url: &str, database: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("the URL of a server ends in a database");
    format!("{server}/{database}")
}

const MILK: &str = r#"{"id":1,"title":"milk"}"#;
const BREAD: &str = r#"{"id":2,"title":"bread"}"#;
const ALL: [&str; 3] = ["/sqlite", "/postgres", "/mysql"];

/// A note in the one database that refuses the same note for all three: none of them keeps it.
async fn one_refuses_for_all(refusing: &str) {
    let service = Service::start(&refusing[1..]).await;
    assert_eq!(service.ask("GET", "/health", "").0, 200);

    assert_eq!(service.ask("POST", "/everywhere", MILK).0, 201);
    for of in ALL {
        assert_eq!(service.notes(of), format!("[{MILK}]"), "{of}");
    }

    assert_eq!(service.ask("POST", refusing, BREAD).0, 201);
    assert_eq!(service.ask("POST", "/everywhere", BREAD).0, 500);
    for of in ALL {
        let stored = if of == refusing { format!("[{MILK},{BREAD}]") } else { format!("[{MILK}]") };
        assert_eq!(service.notes(of), stored, "{of}");
    }
}

/// All of them need both servers.
mod mysql {
    use super::one_refuses_for_all;

    #[tokio::test]
    async fn the_first_of_three_refuses() {
        one_refuses_for_all("/sqlite").await;
    }

    #[tokio::test]
    async fn the_second_of_three_refuses() {
        one_refuses_for_all("/postgres").await;
    }

    #[tokio::test]
    async fn the_last_of_three_refuses() {
        one_refuses_for_all("/mysql").await;
    }
}
