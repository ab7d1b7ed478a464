//! Databases that are made for a test, and that nothing remains of.

use bindery_runtime::TestDatabase;

use super::*;

/// What others see of the databases of a test.
async fn exist(fixture: &Fixture) -> Vec<String> {
    fixture.home.test_databases().await
}

async fn ids(databases: &db::Databases) -> Outcome<Vec<i32>> {
    run_scope(databases, async || {
        let main = session::<Main>()?;
        Ok(sqlx::query_scalar("SELECT id FROM notes ORDER BY id").fetch_all(&main).await?)
    })
    .await
}

async fn fill(databases: &db::Databases, id: i32) -> Outcome {
    run_scope(databases, async || {
        add(id).execute(&session::<Main>()?).await?;
        Outcome::Ok(())
    })
    .await
}

#[tokio::test]
async fn it_is_empty_and_goes_with_the_test() {
    let fixture = Fixture::with(2).await;
    let test = TestDatabase::new(&fixture.databases).await.expect("a database");
    assert_eq!(kind(fill(&test, 1).await), ErrorKind::Database, "there is no table");
    let create = "CREATE TABLE notes (id INTEGER PRIMARY KEY, round INTEGER)";
    test.main().pool().execute(create).await.expect("a table");
    fill(&test, 1).await.expect("a note");
    // Two sessions at the same time, as they are.
    let (one, two) = tokio::join!(ids(&test), ids(&test));
    assert_eq!((one.expect("a read"), two.expect("a read")), (vec![1], vec![1]));
    assert_eq!(fixture.count().await, 0, "it is the database of the application");
    let name = backend::name_of(&test.main().pool());
    assert!(exist(&fixture).await.contains(&name), "{name}");
    crate::in_time("removal", test.remove()).await.expect("it is removed");
    assert!(!exist(&fixture).await.contains(&name), "{name}");
    fixture.close().await;
}

#[tokio::test]
async fn copies_have_what_the_original_has() {
    let fixture = Fixture::with(2).await;
    let template = TestDatabase::new(&fixture.databases).await.expect("a database");
    let parent = "CREATE TABLE notes (id INTEGER PRIMARY KEY, round INTEGER)";
    // Its name comes first, and it refers to the other.
    let child = "CREATE TABLE entries (note INTEGER REFERENCES notes (id), title VARCHAR(10))";
    for create in [parent, child] {
        template.main().pool().execute(create).await.expect("a table");
    }
    fill(&template, 1).await.expect("a note");
    let entry = "INSERT INTO entries VALUES (1, 'x')";
    template.main().pool().execute(entry).await.expect("an entry");

    let (one, two) =
        (template.copy().await.expect("a copy"), template.copy().await.expect("another"));
    fill(&one, 2).await.expect("a note");
    assert_eq!(ids(&one).await.expect("a read"), [1, 2]);
    assert_eq!(ids(&two).await.expect("a read"), [1]);
    assert_eq!(ids(&template).await.expect("a read"), [1]);
    let wrong = two.main().pool().execute("INSERT INTO entries VALUES (7, 'x')").await;
    assert!(wrong.is_err(), "the copy has lost a constraint");
    for test in [one, two, template] {
        crate::in_time("removal", test.remove()).await.expect("it is removed");
    }
    fixture.close().await;
}

#[tokio::test]
async fn one_that_is_dropped_is_removed_too() {
    let fixture = Fixture::with(1).await;
    let test = TestDatabase::new(&fixture.databases).await.expect("a database");
    let main = test.main().pool();
    main.execute("CREATE TABLE extra (id INTEGER)").await.expect("a table");
    let name = backend::name_of(&main);
    assert!(exist(&fixture).await.contains(&name), "{name}");
    // Also while it is in use.
    let busy = main.acquire().await.expect("a connection");
    drop(test);
    assert!(!exist(&fixture).await.contains(&name), "{name}");
    drop(busy);
    fixture.close().await;
}
