//! A private MariaDB server, or MySQL where that is what is installed: TCP on
//! 127.0.0.1, one user with every privilege and a password.
//!
//! Files under /etc/mysql are never read (`--no-defaults`): Debian's would move
//! the data and load plugins.

use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::Signal;

use crate::account::Account;
use crate::install::MySqlPrograms;
use crate::process::free_port;
use crate::server::{Home, Launch, Login, Ready};

/// For both: only a server whose data may be lost can have these.
const SETTINGS: &[&str] = &[
    // Relative to the data folder, so that the path is never too long for a socket.
    "--socket=sock",
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--performance-schema=OFF",
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=OFF",
    "--innodb-buffer-pool-size=64M",
    "--innodb-buffer-pool-load-at-startup=OFF",
    "--innodb-buffer-pool-dump-at-shutdown=OFF",
    "--max-connections=300",
    "--character-set-server=utf8mb4",
];

const MARIADB_SETTINGS: &[&str] =
    &["--innodb-log-file-size=16M", "--aria-pagecache-buffer-size=8M", "--aria-log-file-size=8M"];

/// The X protocol would listen on a fixed port; the folder for exports is Debian's.
const MYSQL_SETTINGS: &[&str] = &["--mysqlx=OFF", "--secure-file-priv="];

/// Makes a server in `dir`, which it creates. Returns how to start it, and its URL.
pub(crate) fn prepare(
    programs: &MySqlPrograms,
    dir: &Path,
    home: &Home,
) -> Result<(Launch, String)> {
    let account = Account::named("mysql")?;
    account.create_dir(dir)?;
    let datadir = format!("--datadir={}", dir.join("data").display());
    let (name, program, own_settings) = match programs {
        MySqlPrograms::MariaDb { mariadbd, install_db } => {
            let arguments = [
                "--no-defaults",
                &datadir,
                "--skip-test-db",
                "--skip-name-resolve",
                "--innodb-flush-method=nosync",
            ];
            account.run(
                install_db,
                arguments.into_iter().chain(MARIADB_SETTINGS[..1].iter().copied()),
                dir,
            )?;
            ("MariaDB", mariadbd, MARIADB_SETTINGS)
        }
        MySqlPrograms::MySql { mysqld } => {
            account.run(mysqld, ["--no-defaults", "--initialize-insecure", &datadir], dir)?;
            ("MySQL", mysqld, MYSQL_SETTINGS)
        }
    };

    let Login { user, password } = home.login();
    // Run at every start, before the first connection is taken.
    let init_file = dir.join("init.sql");
    account.write(
        &init_file,
        &format!(
            "CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY '{password}';\n\
             GRANT ALL PRIVILEGES ON *.* TO '{user}'@'%' WITH GRANT OPTION;\n"
        ),
    )?;
    let port = free_port()?;
    let mut arguments = vec![
        // Has to be the first.
        "--no-defaults".to_owned(),
        datadir,
        format!("--port={port}"),
        format!("--tmpdir={}", dir.display()),
        format!("--pid-file={}", dir.join("pid").display()),
        format!("--init-file={}", init_file.display()),
    ];
    arguments.extend([SETTINGS, own_settings].concat().into_iter().map(str::to_owned));
    let launch = Launch {
        name,
        account,
        program: program.clone(),
        arguments,
        dir: dir.to_owned(),
        stop_signal: Signal::SIGTERM,
        lifetime: home.lifetime(),
        ready: Ready::Greeting(port),
    };
    Ok((launch, format!("mysql://{user}:{password}@127.0.0.1:{port}/mysql")))
}

/// A server that takes connections speaks first: four bytes of length, then protocol version 10.
pub(crate) fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
        return false;
    };
    let mut greeting = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
        && stream.read_exact(&mut greeting).is_ok()
        && greeting[4] == 10
}
