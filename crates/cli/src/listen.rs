//! The adviser over HTTP, for bots in other languages.
//!
//! Only this machine can reach it: the address is a loopback one, and the `Host` header must name it, so that a page whose
//! name resolves to 127.0.0.1 is refused. A request with an `Origin` header comes from a page in a browser and is refused
//! too. One request a connection; all of them are answered one after another by one adviser. A connection that has not
//! ended after [`LONGEST`] is closed, so one that stands still holds up no other.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    net::SocketAddr,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Bytes, Incoming},
    header::{self, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use scaleout_experiment::{Advising, ExperimentError, Limit};
use serde::Serialize;
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    task::{LocalSet, spawn_local},
    time::timeout,
};

use crate::{answer::Answer, print::print};

/// How long a connection may last.
const LONGEST: Duration = Duration::from_secs(10);

/// Most connections at a time; further ones are closed at once.
const MOST_CONNECTIONS: usize = 64;

/// Bytes of a too large body that are read and dropped, so that its sender reads the answer instead of a broken pipe.
const MOST_DROPPED: u64 = 64 << 20;

/// Most bytes of the lines before the body.
const LONGEST_HEAD: usize = 16 << 10;

/// Answers events at `address` until the process is ended or its journal cannot be written. Prints where it listens.
///
/// # Errors
/// If the address is taken, or the journal cannot be written.
pub(crate) fn listen(address: SocketAddr, advising: Advising) -> anyhow::Result<Answer> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind(address).await.with_context(|| format!("--listen {address}"))?;
        let address = listener.local_addr()?;
        print(&format!("http://{address}/"))?;
        let server = Rc::new(Server {
            hosts: hosts(address),
            advising: RefCell::new(advising),
            connections: Cell::new(0),
            failure: RefCell::new(None),
            waiting: RefCell::new(None),
        });
        loop {
            let stream = server.next(&listener).await?;
            if server.connections.get() < MOST_CONNECTIONS {
                spawn_local(connection(Open::new(&server), stream));
            }
        }
    })
}

/// Serves one connection to its end.
async fn connection(open: Open, stream: TcpStream) {
    let answered = service_fn(|request| open.0.answer(request));
    let mut http = http1::Builder::new();
    http.keep_alive(false).half_close(true).max_buf_size(LONGEST_HEAD).header_read_timeout(None);
    // What is wrong with a connection concerns its other end alone, which hears of it.
    let _ = timeout(LONGEST, http.serve_connection(TokioIo::new(stream), answered)).await;
}

/// An open connection, which is counted.
struct Open(Rc<Server>);

impl Open {
    fn new(server: &Rc<Server>) -> Self {
        server.connections.set(server.connections.get() + 1);
        Self(Rc::clone(server))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let server = &self.0;
        server.connections.set(server.connections.get() - 1);
        if std::thread::panicking() {
            let message = "a mistake in scaleout itself stopped it; please report the last event".to_owned();
            *server.failure.borrow_mut() = Some(ExperimentError::Event { message });
        }
        if server.failure.borrow().is_some()
            && let Some(waker) = server.waiting.take()
        {
            waker.wake();
        }
    }
}

/// What a `Host` header may say.
fn hosts(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let named = [address.to_string(), format!("localhost:{port}")];
    let without_port = if port == 80 { vec![address.ip().to_string(), "localhost".to_owned()] } else { Vec::new() };
    named.into_iter().chain(without_port).collect()
}

struct Server {
    hosts: Vec<String>,
    advising: RefCell<Advising>,
    connections: Cell<usize>,
    /// Why no event can be taken any more.
    failure: RefCell<Option<ExperimentError>>,
    /// Who waits for the next connection, and is told of a failure.
    waiting: RefCell<Option<Waker>>,
}

impl Server {
    /// The next connection.
    ///
    /// # Errors
    /// The failure, where there was one.
    async fn next(&self, listener: &TcpListener) -> anyhow::Result<TcpStream> {
        poll_fn(|context| {
            if let Some(failure) = self.failure.take() {
                return Poll::Ready(Err(failure.into()));
            }
            *self.waiting.borrow_mut() = Some(context.waker().clone());
            // One that is gone before it is taken, or finds no descriptor left, is no reason to end.
            match listener.poll_accept(context) {
                Poll::Ready(Ok((stream, _))) => Poll::Ready(Ok(stream)),
                Poll::Ready(Err(_)) => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
        if let Some(refused) = self.refusal(&request) {
            return Ok(refused);
        }
        let most = Limit::Line.most();
        let is_too_large =
            || error(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 1 MiB; accepted: at most 1 MiB");
        let mut body = request.into_body();
        if MOST_DROPPED < body.size_hint().lower() {
            return Ok(is_too_large());
        }
        let (mut bytes, mut seen) = (Vec::new(), 0);
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            seen += data.len() as u64;
            if seen <= most {
                bytes.extend_from_slice(&data);
            } else if MOST_DROPPED < seen {
                break;
            }
        }
        if most < seen {
            return Ok(is_too_large());
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => self.lines(&text),
            Err(broken) => error(StatusCode::BAD_REQUEST, &format!("the body is not UTF-8: {broken}")),
        })
    }

    /// Why a request is answered without its body.
    fn refusal(&self, request: &Request<Incoming>) -> Option<Response<Full<Bytes>>> {
        let headers = request.headers();
        let mut named = headers.get_all(header::HOST).iter();
        let named = (named.next().and_then(|host| host.to_str().ok()), named.next());
        let asked = request.uri().authority().map(|authority| authority.as_str());
        let is_own = |host: &str| self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
        let (Some(host), None) = named else {
            return Some(error(StatusCode::BAD_REQUEST, "accepted: one Host header"));
        };
        if let Some(other) = [Some(host), asked].into_iter().flatten().find(|host| !is_own(host)) {
            let accepted = self.hosts.join(", ");
            return Some(error(StatusCode::FORBIDDEN, &format!("Host `{other}`; accepted: {accepted}")));
        }
        if headers.contains_key(header::ORIGIN) {
            return Some(error(
                StatusCode::FORBIDDEN,
                "the request comes from a web page; accepted: none of a browser",
            ));
        }
        if request.uri().path() != "/" {
            return Some(error(StatusCode::NOT_FOUND, "accepted: the path /"));
        }
        (request.method() != Method::POST)
            .then(|| error(StatusCode::METHOD_NOT_ALLOWED, "accepted: POST with events as JSON lines"))
    }

    /// Advice on the events of `text`, in the lines that `scaleout advise` prints; a refused event gives a line with
    /// `error` and the next one is read.
    fn lines(&self, text: &str) -> Response<Full<Bytes>> {
        if self.failure.borrow().is_some() {
            return error(StatusCode::SERVICE_UNAVAILABLE, "the adviser has stopped: its journal cannot be written");
        }
        let mut advising = self.advising.borrow_mut();
        let (mut status, mut answer) = (StatusCode::OK, String::new());
        for (place, line) in text.lines().enumerate() {
            match advising.line(line) {
                Ok(advice) => advice.iter().for_each(|advice| answer += &line_of(advice)),
                Err(ExperimentError::Event { message }) => {
                    status = StatusCode::UNPROCESSABLE_ENTITY;
                    answer += &line_of(&json!({ "error": format!("line {}: {message}", place + 1) }));
                }
                Err(failure) => {
                    status = StatusCode::INTERNAL_SERVER_ERROR;
                    answer += &line_of(&json!({ "error": format!("line {}: {failure}", place + 1) }));
                    *self.failure.borrow_mut() = Some(failure);
                    break;
                }
            }
        }
        respond(status, answer)
    }
}

fn line_of(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("Invariant: advice and errors have only text keys") + "\n"
}

fn error(status: StatusCode, message: &str) -> Response<Full<Bytes>> {
    respond(status, line_of(&json!({ "error": message })))
}

fn respond(status: StatusCode, lines: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(lines)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response
}
