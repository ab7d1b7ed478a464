//! What a request does and what goes wrong in it: a function of the seed and its number, so that
//! client, service and audit each make it for themselves, and a run can be had again.

use std::fmt::Debug;

/// A row that money is taken from or put on, in one of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leg {
    pub(crate) account: i64,
    pub(crate) amount: i64,
}

/// What goes wrong inside the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Fault {
    None,
    HandlerError,
    Panic,
    /// A panic inside an `atomic` block.
    PanicInSavepoint,
    /// A refused statement whose error the handler ignores.
    Swallowed,
    /// The same inside a block of its own, which is allowed.
    SwallowedInSavepoint,
    /// Takes the two most wanted rows, one order or the other.
    Deadlock,
    /// Keeps the most wanted row for longer than others wait for it.
    LockHeld,
    /// A row whose parent is looked for at COMMIT.
    DeferredConstraint,
    /// The server ends the connection, and then the handler goes on.
    Killed,
    /// The server ends the connection some time later, perhaps in the middle of COMMIT.
    KilledLater,
    /// The server ends the connection when the side is done, which is about when it commits.
    KilledAtEnd,
    /// A statement that commits by itself on MySQL.
    Ddl,
    RawCommit,
    RawRollback,
    /// The same words on a lent connection, where nobody sees them.
    LentCommit,
    LentRollback,
    /// The same among other statements of one text.
    CommitAmongOthers,
    /// A setting of the connection.
    Setting,
    LentSetting,
    /// Commits one side by hand, and fails.
    CommittedByHand,
    /// A block that is dropped in the middle, and done again.
    DoneAgain,
    /// A statement that nobody waits for to the end.
    DroppedStatement,
    /// Keeps its connections for longer than others wait for one.
    PoolHeld,
}

/// How often each fault comes, in a thousand requests.
const FAULTS: &[(Fault, u64)] = &[
    (Fault::HandlerError, 45),
    (Fault::Panic, 25),
    (Fault::PanicInSavepoint, 20),
    (Fault::Swallowed, 40),
    (Fault::SwallowedInSavepoint, 25),
    (Fault::LockHeld, 4),
    (Fault::DeferredConstraint, 30),
    (Fault::Killed, 15),
    (Fault::KilledLater, 20),
    (Fault::KilledAtEnd, 40),
    (Fault::Ddl, 20),
    (Fault::RawCommit, 12),
    (Fault::RawRollback, 12),
    (Fault::LentCommit, 15),
    (Fault::LentRollback, 15),
    (Fault::CommitAmongOthers, 12),
    (Fault::Setting, 15),
    (Fault::LentSetting, 15),
    (Fault::CommittedByHand, 20),
    (Fault::DoneAgain, 50),
    (Fault::DroppedStatement, 40),
];

/// What comes from outside the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Outside {
    Nothing,
    /// The future of the request is dropped after so many polls: at any await there is.
    CancelledAfter(u32),
    /// The same, so many polls after the handler has succeeded: in the middle of the COMMITs.
    CancelledInEnd(u32),
    /// A time-out around the request, in microseconds.
    TimedOutAfter(u64),
    /// The client goes away, after microseconds.
    ClientLeavesAfter(u64),
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) legs: [Vec<Leg>; 2],
    /// Begins with the second database.
    pub(crate) reversed: bool,
    /// Does each side's work in a savepoint.
    pub(crate) savepoint: [bool; 2],
    pub(crate) fault: Fault,
    /// The side where the fault happens.
    pub(crate) side: usize,
    /// The place among the statements of that side.
    pub(crate) at: usize,
    /// How often what is dropped is polled before.
    pub(crate) polls: u32,
    /// For faults that wait.
    pub(crate) micros: u64,
    pub(crate) outside: Outside,
}

/// Places of a side: before, between and after the statements of its two legs.
const PLACES: u64 = 6;
/// Rows of each database.
pub(crate) const ACCOUNTS: i64 = 48;

impl Plan {
    /// The plan of request `number`, of `requests`.
    pub(crate) fn new(seed: u64, number: usize, requests: usize) -> Self {
        let mut random = Random::new(seed, number as u64);
        let amount = 1 + random.below::<i64>(100);
        let amount = if random.one_in(2) { amount } else { -amount };
        let mut legs = [-amount, amount].map(|amount| {
            let first = random.account();
            let second = (first + 1 + random.below::<i64>(ACCOUNTS.unsigned_abs() - 1)) % ACCOUNTS;
            vec![Leg { account: first, amount }, Leg { account: second, amount }]
        });
        let savepoint = [random.one_in(3), random.one_in(3)];
        let mut fault = Fault::None;
        let mut which: u64 = random.below(1_000);
        for (candidate, weight) in FAULTS {
            if which < *weight {
                fault = *candidate;
                break;
            }
            which -= weight;
        }
        let outside = match random.below::<u64>(100) {
            0..12 => Outside::CancelledAfter(1 + random.below::<u32>(45)),
            12..17 => Outside::TimedOutAfter(random.below(25_000)),
            17..22 => Outside::ClientLeavesAfter(random.below(25_000)),
            22..27 => Outside::CancelledInEnd(1 + random.below::<u32>(6)),
            _ => Outside::Nothing,
        };
        let mut plan = Self {
            reversed: random.one_in(150),
            savepoint,
            fault,
            side: random.below(2),
            at: random.below(PLACES),
            polls: 1 + random.below::<u32>(14),
            micros: random.below(6_000),
            outside,
            legs: [Vec::new(), Vec::new()],
        };
        // Two that come together take the same two rows, each the other first.
        if Random::new(seed, (number / 2) as u64 | 1 << 40).below::<u64>(100) < 5 {
            plan.fault = Fault::Deadlock;
            for (row, leg) in legs[plan.side].iter_mut().enumerate() {
                leg.account = i64::from((row + number) % 2 == 1);
            }
        }
        if plan.fault == Fault::LockHeld {
            legs[plan.side][0].account = 0;
            legs[plan.side][1].account = 1;
        }
        if is_burst(seed, number, requests) {
            plan.fault = Fault::PoolHeld;
            plan.outside = Outside::Nothing;
        }
        plan.legs = legs;
        plan
    }
}

/// Whether the request is one of those that together hold a whole pool.
fn is_burst(seed: u64, number: usize, requests: usize) -> bool {
    let start: usize = Random::new(seed, 1 << 41).below(requests as u64 / 2 + 1);
    (start..start + 16).contains(&number)
}

/// `SplitMix64`: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self(seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    fn below<N>(&mut self, limit: u64) -> N
    where
        N: TryFrom<u64, Error: Debug>,
    {
        N::try_from(self.next() % limit).expect("limits are small")
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below::<u64>(times) == 0
    }

    fn account(&mut self) -> i64 {
        self.below(ACCOUNTS.unsigned_abs())
    }
}
