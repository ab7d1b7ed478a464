//! Pages and the links between them.

use serde_json::{Value, json};

use super::{Fixture, refused};
use crate::client::{Answer, Client, titles};

async fn with_notes(count: usize) -> (Fixture, Client) {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let notes: Vec<_> = (0..count).map(|at| json!({"title": format!("{at:03}")})).collect();
    for notes in notes.chunks(50) {
        client.added("/api/notes", &Value::from(notes).to_string()).await;
    }
    (fixture, client)
}

fn link(next: Option<&str>, previous: Option<&str>) -> Option<String> {
    let next = next.map(|link| format!("<{link}>; rel=\"next\""));
    let previous = previous.map(|link| format!("<{link}>; rel=\"prev\""));
    let links: Vec<_> = [next, previous].into_iter().flatten().collect();
    (!links.is_empty()).then(|| links.join(", "))
}

/// The links of a page, which its header repeats.
fn links(answer: &Answer) -> (Option<String>, Option<String>) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let page = answer.json();
    let of = |name: &str| page[name].as_str().map(str::to_owned);
    let (next, previous) = (of("next"), of("previous"));
    assert!(page.get("next").is_some() && page.get("previous").is_some());
    assert_eq!(
        answer.header("link").map(str::to_owned),
        link(next.as_deref(), previous.as_deref())
    );
    (next, previous)
}

#[tokio::test]
async fn numbered_pages_and_their_links() {
    let (_fixture, client) = with_notes(45).await;

    let first = client.get("/api/notes?order=title").await;
    assert_eq!(links(&first), (Some("/api/notes?order=title&page=2".to_owned()), None));
    let page = first.json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(20));
    assert_eq!((&page["page"], &page["size"]), (&json!(1), &json!(20)));
    assert_eq!(page.get("total"), None);

    // From page to page every row comes once, and back again.
    let (mut seen, mut at) = (Vec::new(), Some("/api/notes?order=title&size=10".to_owned()));
    let mut last = None;
    while let Some(path) = at {
        let answer = client.get(&path).await;
        seen.extend(titles(&answer.json()));
        at = links(&answer).0;
        last = links(&answer).1;
    }
    let expected: Vec<_> = (0..45).map(|at| format!("{at:03}")).collect();
    assert_eq!(seen, expected);
    assert_eq!(last.as_deref(), Some("/api/notes?order=title&size=10&page=4"));

    let counted = client.get("/api/notes?page=3&size=20&total=true").await.json();
    assert_eq!((&counted["total"], &counted["next"]), (&json!(45), &json!(null)));
    assert_eq!(counted["previous"], "/api/notes?page=2&size=20&total=true");
    let none = client.get("/api/notes?total=true&title=none").await;
    assert_eq!(links(&none), (None, None));
    assert_eq!(none.json()["total"], 0);
}

#[tokio::test]
async fn a_page_past_the_end_is_empty_however_far() {
    let (_fixture, client) = with_notes(3).await;
    for page in [2, 5_000_000_000_u64, u64::MAX] {
        let answer = client.get(&format!("/api/notes?page={page}")).await;
        let previous = format!("/api/notes?page={}", page - 1);
        assert_eq!(links(&answer), (None, Some(previous)));
        assert_eq!((&answer.json()["items"], &answer.json()["page"]), (&json!([]), &json!(page)));
    }
    let answer = client.get("/api/notes?page=9&total=true").await;
    assert_eq!(links(&answer).1.as_deref(), Some("/api/notes?page=1&total=true"));
    assert_eq!(client.titles("/api/notes?size=50").await.len(), 3);
}

#[tokio::test]
async fn links_keep_the_rest_of_the_query_as_it_was_sent() {
    let (_fixture, client) = with_notes(5).await;
    for (query, next) in [
        ("size=2", "size=2&page=2"),
        ("page=1&size=2", "page=2&size=2"),
        ("size=2&&p%61ge=1&", "size=2&page=2"),
        ("title.ne=a%26b+c&size=2", "title.ne=a%26b+c&size=2&page=2"),
        ("title.ne=%C3%A9%FF&size=2", "title.ne=%C3%A9%FF&size=2&page=2"),
        ("title.ne=é&size=2", "title.ne=%C3%A9&size=2&page=2"),
        (r"title.ne=a\b^|{}`'&size=2", "title.ne=a%5Cb%5E%7C%7B%7D%60'&size=2&page=2"),
    ] {
        let answer = client.get(&format!("/api/notes?{query}")).await;
        assert_eq!(links(&answer).0, Some(format!("/api/notes?{next}")), "{query}");
        let next = client.get(&format!("/api/notes?{next}")).await;
        assert_eq!(next.json()["page"], 2);
    }
}

/// Walks along one kind of links from a page on: the titles of each page.
async fn walk(client: Client, from: &str, relation: &str) -> Vec<Vec<String>> {
    let (mut pages, mut at) = (Vec::new(), Some(from.to_owned()));
    while let Some(path) = at {
        let answer = client.get(&path).await;
        let (next, previous) = links(&answer);
        pages.push(titles(&answer.json()));
        at = if relation == "next" { next } else { previous };
    }
    pages
}

#[tokio::test]
async fn pages_by_cursors_and_their_links() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let entries: Vec<_> = (0..7)
        .map(
            |at| json!({"team": format!("t {}/é", at % 2), "number": at, "title": format!("{at}")}),
        )
        .collect();
    client.added("/api/entries", &Value::from(entries).to_string()).await;

    let first = client.get("/api/entries?order=-title&team.ne=a%26b").await;
    let page = first.json();
    let members: Vec<_> = page.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["items", "next", "previous", "size"]);
    assert_eq!((&page["size"], &page["previous"]), (&json!(2), &json!(null)));
    let next = links(&first).0.expect("a next page");
    assert!(next.starts_with("/api/entries?order=-title&team.ne=a%26b&cursor="), "{next}");

    let pages = walk(client, "/api/entries?order=-title&size=3", "next").await;
    assert_eq!(pages, [vec!["6", "5", "4"], vec!["3", "2", "1"], vec!["0"]]);
    // By the key, which is the order of a list that has no other: of one team and then the next.
    let pages = walk(client, "/api/entries?size=5", "next").await;
    assert_eq!(pages, [vec!["0", "2", "4", "6", "1"], vec!["3", "5"]]);
    let second = links(&client.get("/api/entries?size=5").await).0.expect("a next page");
    let pages = walk(client, &second, "previous").await;
    assert_eq!(pages, [vec!["3", "5"], vec!["0", "2", "4", "6", "1"]]);

    // A row before the cursor that comes meanwhile moves nothing.
    client.added("/api/entries", r#"{"team": "a", "number": 1, "title": "new"}"#).await;
    assert_eq!(client.titles(&second).await, ["3", "5"]);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let entries: Vec<_> = (0..3).map(|at| json!({"team": "a", "number": at})).collect();
    client.added("/api/entries", &Value::from(entries).to_string()).await;

    let next = links(&client.get("/api/entries").await).0.expect("a next page");
    let cursor = next.split_once("cursor=").expect("a cursor").1;
    for query in [
        format!("cursor={cursor}&order=title"),
        format!("cursor={cursor}x"),
        format!("cursor={cursor}&cursor={cursor}"),
        "cursor=".to_owned(),
        "cursor=1".to_owned(),
        "cursor=%00".to_owned(),
        "cursor=%F0%9F%98%80".to_owned(),
    ] {
        let detail = refused(&client.get(&format!("/api/entries?{query}")).await, 400);
        assert!(detail.to_lowercase().contains("cursor"), "{query}: {detail}");
    }
    assert_eq!(client.get(&next).await.json()["items"].as_array().map(Vec::len), Some(1));
}
