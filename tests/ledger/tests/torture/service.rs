//! The service: one route that moves money between the rows of two databases, with what goes wrong
//! in it, and around it what cuts requests off.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bindery_runtime::sqlx::{self, Pool};
use bindery_runtime::{Error, Session};
use ledger_tests::db::Databases;

use crate::book::{Book, Early};
use crate::engine::{Engine, HARMLESS, Side};
use crate::plan::{Fault, Outside, Plan};

/// What panics that are faults say.
pub(crate) const PANIC: &str = "a fault of the ledger";

/// How long connections are kept by those who keep others from having one.
pub(crate) const POOL_HELD: Duration = Duration::from_millis(2_300);
/// How long a session waits for a connection; long enough for a new one on a busy machine.
pub(crate) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

tokio::task_local! {
    /// Which request is being answered, also when its scope ends.
    static NUMBER: usize;
}

pub(crate) struct Service<A: Side, Z: Side> {
    pub(crate) seed: u64,
    pub(crate) book: Book,
    /// Connections beside those of the service, to end the others.
    pub(crate) killers: (Pool<A::Database>, Pool<Z::Database>),
}

impl<A: Side, Z: Side> Service<A, Z> {
    pub(crate) fn plan(&self, number: usize) -> Plan {
        Plan::new(self.seed, number, self.book.requests())
    }
}

/// The routes on `databases`.
pub(crate) fn app<A: Side, Z: Side>(databases: &Databases, service: &Arc<Service<A, Z>>) -> Router {
    let book = Arc::clone(service);
    let scopes = databases.layer().on_failure(move |error: &Error| {
        NUMBER.with(|number| book.book.report(*number, error));
        let status = if error.is_unavailable() { 503 } else { 500 };
        let status = StatusCode::from_u16(status).expect("a status");
        (status, "not stored").into_response() as Response<Body>
    });
    Router::new()
        .route("/transfer/{number}", post(transfer::<A, Z>))
        .layer(scopes)
        .layer(from_fn_with_state(Arc::clone(service), outside::<A, Z>))
        .with_state(Arc::clone(service))
}

/// What is around the scope: it cuts requests off, and notes what those that were not cut answered.
async fn outside<A: Side, Z: Side>(
    State(service): State<Arc<Service<A, Z>>>,
    Path(number): Path<usize>,
    request: Request,
    next: Next,
) -> Response {
    let work = NUMBER.scope(number, next.run(request));
    let response = match service.plan(number).outside {
        Outside::CancelledAfter(polls) => polled(polls, work, || true).await,
        Outside::CancelledInEnd(polls) => {
            polled(polls, work, || service.book.entry(number).succeeded).await
        }
        Outside::TimedOutAfter(micros) => {
            tokio::time::timeout(Duration::from_micros(micros), work).await.ok()
        }
        Outside::ClientLeavesAfter(_) | Outside::Nothing => Some(work.await),
    };
    let Some(response) = response else {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    };
    service.book.entry(number).status = Some(response.status().as_u16());
    response
}

async fn transfer<A: Side, Z: Side>(
    State(service): State<Arc<Service<A, Z>>>,
    Path(number): Path<usize>,
) -> StatusCode {
    let work = Work { plan: service.plan(number), number, service };
    let outcome = work.all().await;
    match outcome {
        Ok(()) => {
            work.service.book.entry(number).succeeded = true;
            StatusCode::CREATED
        }
        Err(failed) => {
            work.service.book.count(format!("handler: {}", failed.kind));
            work.service.book.entry(number).error = Some(failed.text);
            StatusCode::CONFLICT
        }
    }
}

/// Why a handler failed.
pub(crate) struct Failed {
    kind: String,
    text: String,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let code = error.as_sqlx().and_then(sqlx::Error::as_database_error);
        let code = code.and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
        Self { kind: format!("{:?} {code}", error.kind()), text: error.to_string() }
    }
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

pub(crate) fn failed(why: &str) -> Failed {
    Failed { kind: why.to_owned(), text: why.to_owned() }
}

/// Polls `work` so many times, of those that count, and drops it then.
pub(crate) async fn polled<F: Future>(
    mut polls: u32,
    work: F,
    counts: impl Fn() -> bool,
) -> Option<F::Output> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        polls -= u32::from(counts());
        if polls == 0 { Poll::Ready(None) } else { Poll::Pending }
    })
    .await
}

/// One request.
pub(crate) struct Work<A: Side, Z: Side> {
    pub(crate) plan: Plan,
    pub(crate) number: usize,
    pub(crate) service: Arc<Service<A, Z>>,
}

/// A side of a request: which it is, and how many of its legs are written.
pub(crate) struct Half<'w, A: Side, Z: Side, S: Side> {
    pub(crate) work: &'w Work<A, Z>,
    pub(crate) session: Session<S>,
    pub(crate) side: usize,
    pub(crate) killer: &'w Pool<S::Database>,
    bind: PhantomData<S>,
}

impl<A: Side, Z: Side> Work<A, Z> {
    async fn all(&self) -> Result<(), Failed> {
        let (killer_a, killer_z) = &self.service.killers;
        if self.plan.reversed {
            self.half::<Z>(1, killer_z).await?;
            self.half::<A>(0, killer_a).await?;
        } else {
            self.half::<A>(0, killer_a).await?;
            self.half::<Z>(1, killer_z).await?;
        }
        match self.plan.fault {
            // Where one is enough to keep everybody out, not all one after the other.
            Fault::PoolHeld if Self::one_writer() && !self.number.is_multiple_of(16) => {}
            Fault::PoolHeld => tokio::time::sleep(POOL_HELD).await,
            Fault::CommittedByHand => return Err(failed("after a commit by hand")),
            _ => {}
        }
        Ok(())
    }

    const fn one_writer() -> bool {
        <A::Database as Engine>::ONE_WRITER || <Z::Database as Engine>::ONE_WRITER
    }

    async fn half<S: Side>(&self, side: usize, killer: &Pool<S::Database>) -> Result<(), Failed> {
        let session = bindery_runtime::session::<S>()?;
        let half = Half { work: self, session, side, killer, bind: PhantomData };
        half.run().await
    }
}

impl<A: Side, Z: Side, S: Side> Half<'_, A, Z, S> {
    fn has(&self, fault: Fault) -> bool {
        self.work.plan.fault == fault && self.work.plan.side == self.side
    }

    pub(crate) fn book(&self) -> &Book {
        &self.work.service.book
    }

    async fn run(&self) -> Result<(), Failed> {
        self.first().await?;
        if self.has(Fault::DoneAgain) {
            if let Some(done) = polled(self.work.plan.polls, self.block(), || true).await {
                done?;
            } else {
                self.book().count("done again");
                self.block().await?;
            }
        } else if self.work.plan.savepoint[self.side] || self.has(Fault::PanicInSavepoint) {
            self.block().await?;
        } else {
            self.legs().await?;
        }
        if self.has(Fault::DeferredConstraint)
            && let Some(spoil) = S::Database::SPOIL
        {
            self.book().count("fault: deferred constraint");
            S::Database::run(&self.session, spoil, &[]).await?;
        }
        if self.has(Fault::KilledAtEnd) {
            self.book().count("fault: KilledAtEnd");
            self.kill(Duration::from_micros(self.work.plan.micros / 3)).await?;
        }
        if self.has(Fault::CommittedByHand) {
            let legs = self.work.plan.legs[self.side].len();
            self.early(Early::Sent(legs));
            match self.session.commit().await {
                Ok(()) => self.early(Early::Stored(legs)),
                Err(error) => {
                    if error.kind() != bindery_runtime::ErrorKind::OutcomeUnknown {
                        self.work.service.book.entry(self.work.number).early[self.side] = None;
                    }
                    return Err(error.into());
                }
            }
            self.book().count("fault: committed by hand");
        }
        Ok(())
    }

    /// Opens the transaction, and looks whether somebody has left something on the connection.
    async fn first(&self) -> Result<(), Failed> {
        match S::Database::SETTING {
            Some([_, changed]) => {
                if S::Database::number(&self.session, changed, &[]).await? != 0 {
                    let number = self.work.number;
                    self.book().wrong(format!("request {number}: got a setting of another"));
                }
            }
            None => {
                S::Database::number(&self.session, HARMLESS, &[]).await?;
            }
        }
        Ok(())
    }

    async fn block(&self) -> Result<(), Failed> {
        self.session.atomic(async |_| self.legs().await).await
    }

    async fn legs(&self) -> Result<(), Failed> {
        for (row, leg) in self.work.plan.legs[self.side].iter().enumerate() {
            self.place(row * 3, row).await?;
            S::Database::number(&self.session, S::Database::LOCK, &[leg.account]).await?;
            if self.has(Fault::Deadlock) && !S::Database::ONE_WRITER {
                tokio::time::sleep(Duration::from_millis(8)).await;
            }
            self.place(row * 3 + 1, row).await?;
            S::Database::run(&self.session, S::Database::UPDATE, &[leg.amount, leg.account])
                .await?;
            let id = i64::try_from(self.work.number).expect("few");
            let entry = [id, leg.account, leg.amount];
            S::Database::run(&self.session, S::Database::JOURNAL, &entry).await?;
            self.place(row * 3 + 2, row + 1).await?;
        }
        Ok(())
    }
}
