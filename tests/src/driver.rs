//! ChromeDriver as a child process.

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Outcome, Trouble};

/// A running ChromeDriver; ends with its browsers when dropped.
pub struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver that `CHROMEDRIVER` names, or the one on the PATH, on a free port.
    pub fn start() -> Outcome<Self> {
        const TRIES: usize = 10;
        let mut last = String::new();
        for _ in 0..TRIES {
            match Self::spawn()? {
                Ok(driver) => {
                    driver.wait_until_ready()?;
                    return Ok(driver);
                }
                Err(said) => last = said,
            }
        }
        Err(Trouble::Unexpected(format!("ChromeDriver does not say its port, but: {last}")))
    }

    /// One start. It chooses a port that is free on IPv6 and ends when the same one is taken on IPv4, as happens
    /// where many connections are open; then gives what it said instead of a port.
    fn spawn() -> Outcome<Result<Self, String>> {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut child = Command::new(&program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Trouble::Missing(format!("{} does not start: {error}", program.display())))?;
        let output = child.stdout.take().ok_or_else(|| Trouble::Unexpected("no output".into()))?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let mut said = Vec::new();
        for line in lines.by_ref() {
            if let Some(port) = port_in(&line) {
                // Somebody has to read on, or its next line would end it.
                thread::spawn(move || lines.for_each(drop));
                return Ok(Ok(Self { child, port }));
            }
            said.push(line);
        }
        child.wait()?;
        Ok(Err(said.join(" ")))
    }

    /// Where it takes commands.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn wait_until_ready(&self) -> Outcome {
        const LIMIT: Duration = Duration::from_secs(30);
        let began = Instant::now();
        while self.connect().is_err() {
            if began.elapsed() > LIMIT {
                let (what, last) = ("ChromeDriver".into(), "no open port".into());
                return Err(Trouble::Late { what, waited: LIMIT, last });
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Asks it to end, which also ends the browsers that it started.
    fn ask_to_end(&self) -> std::io::Result<()> {
        let mut stream = self.connect()?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let _ = stream.read(&mut [0; 256])?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.ask_to_end().is_ok() {
            for _ in 0..300 {
                if matches!(self.child.try_wait(), Ok(Some(_))) {
                    return;
                }
                thread::sleep(Duration::from_millis(10));
            }
        }
        // It is gone already, or does not listen: nothing more can be done about either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port that it chose, from what it prints: one chosen here could be taken by a node meanwhile.
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}
