//! Texts and words.

use bindery_runtime::ErrorKind;

use super::super::bind::{
    author::{self, NewAuthor},
    note,
    sample::SampleMood,
};
use super::super::{failure, kind, new_note};
use super::{Fixture, NewSample, Sample, backend, is_refused, sample, there_and_back};

#[tokio::test]
async fn every_character_is_kept_and_a_megabyte_of_them() {
    let fixture = Fixture::new().await;
    let long = "é😀\n".repeat(150_000);
    assert!(long.len() > 1_000_000);
    let texts = [
        "",
        " ",
        "a  ",
        "a'b\"c`d\\e%_",
        "😀𝕫\u{10ffff}",
        "? $1 ?1 :a",
        "\u{feff}e\u{301}\r\n",
        &long,
    ];
    round_trips!(fixture, words, texts.map(str::to_owned));
    finds!(fixture, WORDS, words, "😀𝕫\u{10ffff}".to_owned());
    finds!(fixture, WORDS, words, long);
    fixture.close().await;
}

#[tokio::test]
async fn nul_is_kept_or_refused_and_never_cut() {
    let fixture = Fixture::new().await;
    let nul = || "a\0b".to_owned();
    if backend::KEEPS_NUL {
        round_trips!(fixture, words, [nul()]);
    } else {
        is_refused(&fixture, NewSample { words: Some(nul()), ..NewSample::default() }).await;
    }
    let limited = author::add(&mut fixture.conn().await, NewAuthor::new(nul())).await;
    if backend::KEEPS_NUL_WITH_LENGTH {
        assert_eq!(limited.expect("an author").name, nul());
    } else {
        assert_eq!(kind(limited), ErrorKind::InvalidValue);
    }
    fixture.close().await;
}

#[tokio::test]
async fn a_length_is_counted_in_characters() {
    let fixture = Fixture::new().await;
    let author = fixture.author("Ada").await;
    let mut conn = fixture.conn().await;
    for letter in ["x", "é", "😀"] {
        let full = letter.repeat(20);
        let kept = note::add(&mut conn, new_note(&author, &full)).await.expect("a note");
        assert_eq!(kept.title, full);
        // Some databases would cut the spaces.
        for more in [letter, " ", "   "] {
            let long = new_note(&author, format!("{full}{more}"));
            let error = failure(note::add(&mut conn, long).await);
            assert_eq!(
                (error.kind(), error.constraint()),
                (ErrorKind::InvalidValue, Some("title"))
            );
        }
    }
    drop(conn);
    fixture.close().await;
}

#[tokio::test]
async fn every_word_is_kept() {
    let fixture = Fixture::new().await;
    round_trips!(fixture, mood, [SampleMood::Good, SampleMood::SoSo, SampleMood::ItSBad]);
    finds!(fixture, MOOD, mood, SampleMood::ItSBad);
    fixture.close().await;
}
