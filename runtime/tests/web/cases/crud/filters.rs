//! What a query may say about the rows of a list, and in which order they come.

use super::{Fixture, refused};
use crate::client::Client;

async fn with_notes() -> (Fixture, Client) {
    let fixture = Fixture::with_models().await;
    let client = fixture.serve_models().await;
    let notes = r#"[
        {"title": "a,b", "body": "100% sure", "stars": 4, "score": 1.5, "status": "done"},
        {"title": "b", "body": "1000 sure", "stars": 3, "open": false},
        {"title": "c\\", "stars": 2, "score": -1.0, "status": "in-review"},
        {"title": "d e&f=é", "body": "", "stars": -1}
    ]"#;
    client.added("/api/notes", notes).await;
    (fixture, client)
}

#[tokio::test]
async fn every_operator() {
    let (_fixture, client) = with_notes().await;
    for (query, titles) in [
        ("", &["a,b", "b", "c\\", "d e&f=é"][..]),
        ("title=b", &["b"]),
        ("title.eq=b", &["b"]),
        ("title=a,b", &["a,b"]),
        ("title=d%20e%26f%3D%C3%A9", &["d e&f=é"]),
        ("title=d+e%26f%3D%c3%a9", &["d e&f=é"]),
        ("title=", &[]),
        ("body=", &["d e&f=é"]),
        ("body.ne=", &["a,b", "b"]),
        ("stars=3", &["b"]),
        ("stars.ne=3", &["a,b", "c\\", "d e&f=é"]),
        ("stars.lt=2", &["d e&f=é"]),
        ("stars.lte=2", &["c\\", "d e&f=é"]),
        ("stars.gt=3", &["a,b"]),
        ("stars.gte=3", &["a,b", "b"]),
        ("stars.gte=3&stars.lt=4", &["b"]),
        ("stars.in=4,-1", &["a,b", "d e&f=é"]),
        ("stars.in=7", &[]),
        (r"title.in=a\,b,c\\", &["a,b", "c\\"]),
        (r"title.in=a,b", &["b"]),
        ("body.null=true", &["c\\"]),
        ("body.null=false", &["a,b", "b", "d e&f=é"]),
        ("title.null=true", &[]),
        ("status=draft", &["b", "d e&f=é"]),
        ("status.in=done,in-review", &["a,b", "c\\"]),
        ("open=false", &["b"]),
        ("open.ne=false", &["a,b", "c\\", "d e&f=é"]),
        ("score.gt=0.5", &["a,b"]),
        ("score=-1", &["c\\"]),
        ("body.contains=0%25", &["a,b"]),
        ("body.contains=sure", &["a,b", "b"]),
        ("body.contains=_", &[]),
        ("title.contains=%5C", &["c\\"]),
        ("body.starts_with=100", &["a,b", "b"]),
        ("body.starts_with=100%25", &["a,b"]),
        ("body.starts_with=00", &[]),
        ("body.contains=", &["a,b", "b", "d e&f=é"]),
        ("order=-title", &["d e&f=é", "c\\", "b", "a,b"]),
        ("order=stars", &["d e&f=é", "c\\", "b", "a,b"]),
        ("order=-stars,title", &["a,b", "b", "c\\", "d e&f=é"]),
        ("order=title&status=draft&size=1", &["b"]),
        ("title='%20OR%201=1%20--", &[]),
    ] {
        assert_eq!(client.titles(&format!("/api/notes?{query}")).await, titles, "{query}");
    }
    // NULL stands where the database has it, and the rest is sorted.
    let by_body = client.titles("/api/notes?order=body&body.null=false").await;
    assert_eq!(by_body, ["d e&f=é", "a,b", "b"]);
}

#[tokio::test]
async fn whatever_is_not_understood_is_refused_with_words_about_what_is() {
    let (_fixture, client) = with_notes().await;
    let columns = "`title`, `body`, `status`, `score`, `stars` and `open`";
    for (query, words) in [
        ("titel=b", &["`titel`", columns, "`order`, `page`, `size` and `total`"][..]),
        ("id=1", &["`id`", columns]),
        ("version=1", &["`version`", columns]),
        ("cursor=x", &["`cursor`"]),
        ("=x", &["``"]),
        ("x", &["`x`"]),
        ("id.gte=1", &["`id.gte`"]),
        ("stars.near=1", &["`stars`", "`eq`, `ne`, `lt`", "`starts_with`"]),
        ("stars.=1", &["`stars`"]),
        ("stars.gt.lt=1", &["`stars`"]),
        ("stars=many", &["`stars`", "a whole number"]),
        ("stars=3000000000", &["`stars`"]),
        ("stars=1.5", &["`stars`"]),
        ("stars=", &["`stars`"]),
        ("stars.in=1,x", &["`stars.in`", "commas", "a whole number"]),
        ("stars.in=", &["`stars.in`"]),
        ("stars.contains=1", &["`stars.contains`", "no texts"]),
        ("status.contains=dr", &["`status.contains`", "no texts"]),
        ("open.starts_with=t", &["`open.starts_with`"]),
        ("open=yes", &["`open`", "true or false"]),
        ("status=lost", &["`status` takes one of `draft`, `in-review`, `done`."]),
        ("status.in=draft,lost", &["each one of `draft`, `in-review`, `done`"]),
        ("score=much", &["`score`", "a number"]),
        ("score=NaN", &[]),
        ("body.null=yes", &["`body.null`", "`true` or `false`"]),
        ("title=%00", &["`title`"]),
        ("title=a&title=b", &["`title`", "twice"]),
        ("page=1&p%61ge=1", &["`page`", "twice"]),
        ("order=score", &["`order`", "`title`, `body` and `stars`"]),
        ("order=", &["`order`"]),
        ("order=title,", &["`order`"]),
        ("order=title,-title", &["each once"]),
        ("order=--title", &["`order`"]),
        ("order=title%20desc", &["`order`"]),
        ("Order=title", &["`Order`"]),
        ("page=0", &["`page`", "from 1"]),
        ("page=-1", &["`page`"]),
        ("page=one", &["`page`"]),
        ("page=", &["`page`"]),
        ("page=1.5", &["`page`"]),
        ("page=99999999999999999999", &["`page`"]),
        ("size=0", &["`size`", "from 1 to 50"]),
        ("size=51", &["`size`", "from 1 to 50"]),
        ("size=-1", &["`size`"]),
        ("size=all", &["`size`"]),
        ("total=1", &["`total`", "`true` or `false`"]),
    ] {
        let detail = refused(&client.get(&format!("/api/notes?{query}")).await, 400);
        for word in words {
            assert!(detail.contains(word), "{query}: {detail}");
        }
    }
    let many = vec!["1"; 1_001].join(",");
    let detail = refused(&client.get(&format!("/api/notes?stars.in={many}")).await, 400);
    assert!(detail.contains("at most 1000"), "{detail}");
    let long = "x".repeat(5_000);
    let detail = refused(&client.get(&format!("/api/notes?{long}=1")).await, 400);
    assert!(detail.len() < 600, "{detail}");

    for (query, words) in [
        ("page=1", &["`page`", "`order`, `cursor` and `size`", "by `team`"][..]),
        ("total=true", &["`total`"]),
        ("size=6", &["from 1 to 5"]),
    ] {
        let detail = refused(&client.get(&format!("/api/entries?{query}")).await, 400);
        for word in words {
            assert!(detail.contains(word), "{query}: {detail}");
        }
    }
}
