//! Blocks: what they keep and undo, and that nothing of others gets into them.

use bindery_runtime::WhenOpen;

use super::*;

fn refuse<T>() -> Outcome<T> {
    Err(sqlx::Error::RowNotFound.into())
}

#[tokio::test]
async fn a_block_commits_by_itself_when_nothing_is_open() {
    let fixture = Fixture::with(1).await;
    let outcome: Outcome = fixture
        .scope(async |main| {
            main.atomic(async |block| -> Outcome {
                add(1).execute(block).await?;
                Ok(())
            })
            .await?;
            add(2).execute(&main).await?;
            refuse()
        })
        .await;
    assert_eq!(kind(outcome), ErrorKind::Database);
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

#[tokio::test]
async fn four_levels() {
    let fixture = Fixture::with(1).await;
    for depth in 0..5 {
        // The block at `depth` fails, and the one around it goes on.
        fixture
            .scope(async |main| {
                let base = (depth + 1) * 10;
                add(base).execute(&main).await?;
                let level = async |level: i32| {
                    add(base + level).execute(&main).await?;
                    if level == depth { refuse() } else { Ok(()) }
                };
                main.atomic(async |one| -> Outcome {
                    let inner = one
                        .atomic(async |two| -> Outcome {
                            let inner = two
                                .atomic(async |three| -> Outcome {
                                    let inner =
                                        three.atomic(async |_| -> Outcome { level(4).await }).await;
                                    assert_eq!(inner.is_err(), depth == 4);
                                    level(3).await
                                })
                                .await;
                            assert_eq!(inner.is_err(), depth == 3);
                            level(2).await
                        })
                        .await;
                    assert_eq!(inner.is_err(), depth == 2);
                    level(1).await
                })
                .await
                .or_else(|_| if depth == 1 { Ok(()) } else { refuse() })
            })
            .await
            .expect("the failure was handled");
        // A level takes with it what is inside of it.
        let expected: Vec<i32> = (0..5)
            .filter(|level| depth == 0 || *level < depth)
            .map(|level| (depth + 1) * 10 + level)
            .collect();
        let stored = fixture.ids().await.into_iter().filter(|id| id / 10 == depth + 1);
        assert_eq!(stored.collect::<Vec<_>>(), expected, "level {depth} failed");
    }
    fixture.close().await;
}

#[tokio::test]
async fn an_expected_failure() {
    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            let refused = main
                .atomic(async |block| -> Outcome {
                    add(2).execute(block).await?;
                    add(1).execute(block).await?;
                    Ok(())
                })
                .await;
            assert_eq!(kind(refused), ErrorKind::Database);
            add(3).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("the block is the way to expect a failure");
    assert_eq!(fixture.ids().await, [1, 3]);
    fixture.close().await;
}

#[tokio::test]
async fn a_refusal_that_is_swallowed() {
    let fixture = Fixture::with(1).await;
    for open in [false, true] {
        let base = if open { 20 } else { 10 };
        fixture
            .scope(async |main| {
                if open {
                    add(base).execute(&main).await?;
                }
                let swallowed = main
                    .atomic(async |block| -> Outcome {
                        add(base + 1).execute(block).await?;
                        assert_eq!(kind(add(base + 1).execute(block).await), ErrorKind::Database);
                        assert_eq!(
                            kind(add(base + 2).execute(block).await),
                            ErrorKind::RollbackOnly
                        );
                        Ok(())
                    })
                    .await;
                assert_eq!(kind(swallowed), ErrorKind::RollbackOnly);
                add(base + 3).execute(&main).await?;
                Ok(())
            })
            .await
            .expect("the block is undone, the scope is sound");
    }
    assert_eq!(fixture.ids().await, [13, 20, 23]);
    fixture.close().await;
}

#[tokio::test]
async fn the_modes() {
    use WhenOpen::{Append, CommitFirst, Refuse, RollBackFirst, Savepoint};

    let fixture = Fixture::with(1).await;
    let modes = [Savepoint, CommitFirst, RollBackFirst, Append, Refuse];
    let mut expected = Vec::new();
    for (number, mode) in modes.into_iter().enumerate() {
        for fails in [false, true] {
            let base = i32::try_from(number * 20 + if fails { 10 } else { 0 }).expect("small");
            let outcome = fixture
                .scope(async |main| {
                    add(base).execute(&main).await?;
                    let block = main
                        .atomic_when(mode, async |block| -> Outcome {
                            add(base + 1).execute(block).await?;
                            if fails { refuse() } else { Ok(()) }
                        })
                        .await;
                    assert_eq!(block.is_err(), fails || mode == Refuse, "{mode:?}");
                    match (mode, fails) {
                        (Refuse, _) => assert_eq!(kind(block), ErrorKind::TransactionOpen),
                        (Append, true) => {
                            let next = add(base + 2).execute(&main).await;
                            assert_eq!(kind(next), ErrorKind::RollbackOnly);
                            return Ok(());
                        }
                        _ => {}
                    }
                    add(base + 2).execute(&main).await?;
                    Ok(())
                })
                .await;
            let stored: &[i32] = match (mode, fails) {
                (Savepoint | CommitFirst | Append, false) => &[0, 1, 2],
                (Savepoint | CommitFirst, true) | (Refuse, _) => &[0, 2],
                (RollBackFirst, false) => &[1, 2],
                (RollBackFirst, true) => &[2],
                (Append, true) => &[],
            };
            assert_eq!(outcome.is_err(), stored.is_empty(), "{mode:?}, {fails}");
            expected.extend(stored.iter().map(|part| base + part));
        }
    }
    assert_eq!(fixture.ids().await, expected);
    // With nothing open every mode is a transaction of its own, and inside a block two are refused.
    for (number, mode) in modes.into_iter().enumerate() {
        let id = 200 + i32::try_from(number).expect("small");
        let outcome: Outcome = fixture
            .scope(async |main| {
                main.atomic_when(mode, async |block| -> Outcome {
                    add(id).execute(block).await?;
                    let inner = block.atomic_when(mode, async |_| -> Outcome { Ok(()) }).await;
                    match mode {
                        Savepoint | Append => assert!(inner.is_ok(), "{mode:?}"),
                        _ => assert_eq!(kind(inner), ErrorKind::TransactionOpen),
                    }
                    Ok(())
                })
                .await?;
                refuse()
            })
            .await;
        assert_eq!(kind(outcome), ErrorKind::Database);
    }
    expected.extend(200..205);
    assert_eq!(fixture.ids().await, expected);
    fixture.close().await;
}

/// What is open can only be rolled back, and this mode does just that.
#[tokio::test]
async fn roll_back_first_after_a_refusal() {
    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            assert_eq!(kind(add(1).execute(&main).await), ErrorKind::Database);
            let committed =
                main.atomic_when(WhenOpen::CommitFirst, async |_| -> Outcome { Ok(()) });
            assert_eq!(kind(committed.await), ErrorKind::RollbackOnly);
            main.atomic_when(WhenOpen::RollBackFirst, async |block| -> Outcome {
                add(2).execute(block).await?;
                Ok(())
            })
            .await
        })
        .await
        .expect("a transaction of its own");
    assert_eq!(fixture.ids().await, [2]);
    fixture.close().await;
}

#[tokio::test]
async fn a_panic_undoes_the_block() {
    use futures_util::FutureExt;
    use std::panic::AssertUnwindSafe;

    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(1).execute(&main).await?;
            let block = main.atomic(async |block| -> Outcome {
                add(2).execute(block).await?;
                std::panic::resume_unwind(Box::new("on purpose"));
            });
            assert!(AssertUnwindSafe(block).catch_unwind().await.is_err(), "it panicked");
            add(3).execute(&main).await?;
            Ok(())
        })
        .await
        .expect("the panic was caught");
    assert_eq!(fixture.ids().await, [1, 3]);
    let panicked = AssertUnwindSafe(fixture.scope(async |main| -> Outcome {
        add(4).execute(&main).await?;
        std::panic::resume_unwind(Box::new("on purpose"));
    }));
    assert!(panicked.catch_unwind().await.is_err(), "it panicked");
    let mut conn = fixture.pool().acquire().await.expect("the next borrower");
    backend::assert_clean(&mut conn).await;
    assert_eq!(count(&mut conn).await, 2);
    drop(conn);
    fixture.close().await;
}

/// A sibling's statement is never inside the savepoint: it stays when the block is undone.
#[tokio::test]
async fn siblings_wait() {
    let fixture = Fixture::with(1).await;
    for round in 0..20 {
        let base = round * 100;
        fixture
            .scope(async |main| {
                add(base).execute(&main).await?;
                let block = main.atomic(async |block| -> Outcome {
                    for id in 1..5 {
                        add(base + id).execute(block).await?;
                        tokio::task::yield_now().await;
                    }
                    refuse()
                });
                let siblings = async {
                    for id in 10..15 {
                        add(base + id).execute(&main).await?;
                    }
                    Outcome::Ok(())
                };
                let (block, siblings) = tokio::join!(block, siblings);
                assert!(block.is_err(), "it said so");
                siblings
            })
            .await
            .expect("the siblings are sound");
        let stored = fixture.ids().await.into_iter().filter(|id| id / 100 == round);
        let expected = [0, 10, 11, 12, 13, 14].map(|id| base + id);
        assert_eq!(stored.collect::<Vec<_>>(), expected);
    }
    fixture.close().await;
}

/// Blocks of one session that run at the same time come one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn blocks_never_interleave() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            add(0).execute(&main).await?;
            let inside = AtomicBool::new(false);
            let block = async |id: i32| {
                main.atomic(async |block| -> Outcome {
                    assert!(!inside.swap(true, Ordering::SeqCst), "two blocks at once");
                    add(id).execute(block).await?;
                    let inner = block.atomic(async |inner| -> Outcome {
                        add(id + 100).execute(inner).await?;
                        refuse()
                    });
                    assert!(inner.await.is_err(), "it said so");
                    inside.store(false, Ordering::SeqCst);
                    if id % 2 == 0 { refuse() } else { Ok(()) }
                })
                .await
                .is_ok()
            };
            let kept = futures_util::future::join_all((1..20).map(&block)).await;
            assert_eq!(kept.into_iter().filter(|kept| *kept).count(), 10);
            Ok(())
        })
        .await
        .expect("every block ended");
    let expected: Vec<i32> = std::iter::once(0).chain((1..20).step_by(2)).collect();
    assert_eq!(fixture.ids().await, expected);
    fixture.close().await;
}

/// The accessor of the context, anywhere below, is inside of the block too.
#[tokio::test]
async fn the_accessor_inside_a_block() {
    async fn far_below(id: i32) -> Outcome {
        add(id).execute(&session::<Main>()?).await?;
        Ok(())
    }

    let fixture = Fixture::with(1).await;
    fixture
        .scope(async |main| {
            far_below(1).await?;
            let undone = main.atomic(async |_| -> Outcome {
                far_below(2).await?;
                let (one, two) = tokio::join!(far_below(3), far_below(4));
                one.and(two)?;
                refuse()
            });
            assert!(undone.await.is_err(), "it said so");
            Ok(())
        })
        .await
        .expect("what is around the block is sound");
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}

/// A scope inside a block has sessions of its own.
#[tokio::test]
async fn a_scope_inside_a_block() {
    let fixture = Fixture::with(2).await;
    fixture
        .scope(async |main| {
            let undone = main.atomic(async |_| -> Outcome {
                fixture
                    .scope(async |own| {
                        add(1).execute(&own).await?;
                        Ok(())
                    })
                    .await?;
                refuse()
            });
            assert!(undone.await.is_err(), "it said so");
            Ok(())
        })
        .await
        .expect("two scopes");
    assert_eq!(fixture.ids().await, [1]);
    fixture.close().await;
}
