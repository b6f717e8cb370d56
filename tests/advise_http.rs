//! `scaleout advise --listen`: the answers of the JSON lines, byte for byte, whatever else knocks at the door.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::{
    commands::{binary, root, scaleout},
    scratch::Scratch,
};

/// The bars of own-csv up to the end of its first two trades, with entries and a fill between them.
fn events() -> Vec<String> {
    let own = root().join("experiments/own-csv");
    let read = |name: &str| fs::read_to_string(own.join(name)).unwrap();
    let entries = read("entries.csv");
    let entry = |ts: &str| {
        let line = entries.lines().find(|line| line.split(',').nth(1) == Some(ts))?;
        let [id, ts, side, price, stop, qty, _] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let facts = format!("\"side\":\"{side}\",\"price\":{price},\"stop\":{stop},\"qty\":{qty}");
        Some(format!("{{\"type\":\"entry\",\"id\":\"{id}\",\"ts\":\"{ts}\",{facts}}}"))
    };
    let mut events = Vec::new();
    for line in read("bars.csv").lines().skip(1).take(130) {
        let [ts, open, high, low, close, volume, sentiment] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let prices = format!("\"open\":{open},\"high\":{high},\"low\":{low},\"close\":{close},\"volume\":{volume}");
        let columns = format!("\"columns\":{{\"sentiment\":{sentiment}}}");
        events.push(format!("{{\"type\":\"bar\",\"ts\":\"{ts}\",{prices},{columns}}}"));
        events.extend(entry(ts));
        if ts == "2024-01-03T18:00:00Z" {
            events.push(format!("{{\"type\":\"fill\",\"id\":\"e001\",\"ts\":\"{ts}\",\"qty\":25}}"));
        }
    }
    events
}

/// An adviser that listens; killed when it goes.
struct Listening {
    child: Child,
    address: String,
}

impl Listening {
    fn new(folder: &Path, state: &str) -> Self {
        let model = root().join("models/own-csv");
        let arguments = ["advise", "--model", model.to_str().unwrap(), "--state", state, "--listen", "127.0.0.1:0"];
        let mut command = Command::new(binary());
        let mut child = command.current_dir(folder).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|rest| rest.strip_suffix('/')).expect("an address");
        Self { child, address: address.to_owned() }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// What the server sends back to some bytes, up to the end of the connection.
    fn sent(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // A refusal may come before everything is sent.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    /// Status and body of the answer to a POST of `body`.
    fn post(&self, body: &str) -> (u16, String) {
        let host = &self.address;
        answer_of(&self.sent(
            format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        ))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer_of(bytes: &[u8]) -> (u16, String) {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn answers_and_state_are_those_of_the_json_lines_also_after_a_kill() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let events = events();
    let model = root().join("models/own-csv");
    let mut lines = Command::new(binary());
    lines.current_dir(folder).args(["advise", "--model", model.to_str().unwrap(), "--state", "lines.jsonl"]);
    let mut child = lines.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all((events.join("\n") + "\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let expected = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && 40 < expected.lines().count(), "{expected}");

    let mut found = String::new();
    let (first, second) = events.split_at(events.len() / 2);
    for (half, at_once) in [(first, 1), (second, 7)] {
        let server = Listening::new(folder, "http.jsonl");
        for some in half.chunks(at_once) {
            let (status, body) = server.post(&some.join("\n"));
            assert_eq!(status, 200, "{body}");
            found += &body;
        }
    }
    assert_eq!(found, expected);
    let journal = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(journal("http.jsonl"), journal("lines.jsonl"));
}

#[test]
fn a_refused_event_is_named_and_the_others_are_taken() {
    let scratch = Scratch::new();
    let server = Listening::new(scratch.path(), "state.jsonl");
    let events = events();
    let (status, body) = server.post(&format!("{}\n{{\"type\":\"bar\"}}\n\n{}\n", events[0], events[0]));
    assert_eq!(status, 422);
    let [missing, repeated] = body.lines().collect::<Vec<_>>()[..] else { panic!("{body}") };
    assert!(missing.starts_with("{\"error\":\"line 2: missing field"), "{missing}");
    assert!(
        repeated.starts_with("{\"error\":\"line 4: ts = 2024-01-01T01:00:00Z; accepted: a close after"),
        "{repeated}"
    );
    assert_eq!(server.post(&events[1]), (200, String::new()));
    assert_eq!(fs::read_to_string(scratch.path().join("state.jsonl")).unwrap().lines().count(), 3);
}

#[test]
fn hostile_requests_are_refused_and_hold_up_nobody() {
    let scratch = Scratch::new();
    let server = Listening::new(scratch.path(), "state.jsonl");
    let host = &server.address;
    let port = host.rsplit(':').next().unwrap();
    // These stand still as long as the test goes on.
    let half = |text: String| {
        let mut stream = server.connect();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let _waiting = [
        half(String::new()),
        half("POST / HT".to_owned()),
        half(format!("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 900000\r\n\r\n{{\"type\":")),
        half(format!("POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc")),
    ];
    let mut events = events().into_iter();
    let large = "x".repeat(2 << 20);
    let mut chunked = format!("POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n");
    write!(chunked, "{:x}\r\n{large}\r\n0\r\n\r\n", large.len()).unwrap();
    let post = |headers: &str| format!("POST / HTTP/1.1\r\n{headers}\r\n\r\n").into_bytes();
    let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        (
            "a body of 2 MiB",
            [post(&format!("Host: {host}\r\nContent-Length: {}", large.len())), large.clone().into_bytes()].concat(),
            413,
            "at most 1 MiB",
        ),
        ("chunks of 2 MiB", chunked.into_bytes(), 413, "at most 1 MiB"),
        (
            "a declared body of 1 TB",
            post(&format!("Host: {host}\r\nContent-Length: 1000000000000")),
            413,
            "at most 1 MiB",
        ),
        ("another host", post("Host: evil.example\r\nContent-Length: 0"), 403, "Host `evil.example`"),
        ("another port", post("Host: localhost:1\r\nContent-Length: 0"), 403, "Host `localhost:1`"),
        (
            "another host in the line",
            format!("POST http://evil.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
            403,
            "Host `evil.example`",
        ),
        (
            "two hosts",
            post(&format!("Host: {host}\r\nHost: evil.example\r\nContent-Length: 0")),
            400,
            "one Host header",
        ),
        ("no host", post("Content-Length: 0"), 400, "one Host header"),
        (
            "a web page",
            post(&format!("Host: {host}\r\nOrigin: http://evil.example\r\nContent-Length: 0")),
            403,
            "web page",
        ),
        (
            "another path",
            format!("POST /x HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n").into_bytes(),
            404,
            "the path /",
        ),
        ("GET", format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(), 405, "POST"),
        (
            "no UTF-8",
            [post(&format!("Host: {host}\r\nContent-Length: 3")), vec![0xff, 0xfe, b'\n']].concat(),
            400,
            "not UTF-8",
        ),
        (
            "no JSON",
            [post(&format!("Host: {host}\r\nContent-Length: 5")), b"hello".to_vec()].concat(),
            422,
            "line 1: expected value",
        ),
        ("garbage", vec![0_u8, 1, 2, 255, 13, 10, 13, 10], 400, ""),
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 400, ""),
        ("a head without end", [b"POST / HTTP/1.1\r\nX: ".to_vec(), vec![b'x'; 1 << 20]].concat(), 431, ""),
    ];
    for (what, request, status, words) in cases {
        let raw = server.sent(&request);
        let (found, body) = answer_of(&raw);
        assert!(found == status && body.contains(words), "{what}: {found} {body}");
        assert_eq!(server.post(&events.next().unwrap()), (200, String::new()), "after {what}");
    }
    assert_eq!(server.post("").0, 200);
    let by_name = format!("POST / HTTP/1.1\r\nHost: LOCALHOST:{port}\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(answer_of(&server.sent(by_name.as_bytes())).0, 200);
    assert!(server.sent(b"").is_empty());
}

#[test]
fn only_this_machine_can_be_listened_on() {
    let scratch = Scratch::new();
    let model = root().join("models/own-csv");
    let refused = |address: &str| {
        let arguments = ["advise", "--model", model.to_str().unwrap(), "--state", "s.jsonl", "--listen", address];
        let output = scaleout(scratch.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{address}");
        String::from_utf8(output.stderr).unwrap()
    };
    for address in ["0.0.0.0:8315", "192.168.1.7:8315", "[::]:8315"] {
        let error = refused(address);
        assert!(error.contains("other machines could reach it; accepted: a loopback address"), "{error}");
    }
    for address in ["localhost:8315", "127.0.0.1", "127.0.0.1:70000"] {
        let error = refused(address);
        assert!(error.contains("not an address; accepted: a loopback address"), "{error}");
    }
    let server = Listening::new(scratch.path(), "other.jsonl");
    let error = refused(&server.address);
    assert!(error.contains(&format!("--listen {}: ", server.address)) && error.lines().count() == 1, "{error}");
}
