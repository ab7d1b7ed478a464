//! Every type of column, and a key that is made in Rust.

use bindery_runtime::sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use bindery_runtime::sqlx::types::{JsonValue, Uuid};
use bindery_runtime::{model, sqlx};

use super::super::db::Main;

/// A row of `samples`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) id: Uuid,
    pub(crate) flag: Option<bool>,
    pub(crate) small: Option<i16>,
    pub(crate) medium: Option<i32>,
    pub(crate) large: Option<i64>,
    pub(crate) single: Option<f32>,
    pub(crate) double: Option<f64>,
    pub(crate) words: Option<String>,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) other: Option<Uuid>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) hour: Option<NaiveTime>,
    pub(crate) local: Option<NaiveDateTime>,
    pub(crate) moment: Option<DateTime<Utc>>,
    pub(crate) data: Option<JsonValue>,
}

impl Sample {
    pub(crate) const ID: model::Column<Self, Uuid> = model::Column::new(SampleColumn::Id);
    pub(crate) const FLAG: model::Column<Self, bool> = model::Column::new(SampleColumn::Flag);
    pub(crate) const SMALL: model::Column<Self, i16> = model::Column::new(SampleColumn::Small);
    pub(crate) const MEDIUM: model::Column<Self, i32> = model::Column::new(SampleColumn::Medium);
    pub(crate) const LARGE: model::Column<Self, i64> = model::Column::new(SampleColumn::Large);
    pub(crate) const SINGLE: model::Column<Self, f32> = model::Column::new(SampleColumn::Single);
    pub(crate) const DOUBLE: model::Column<Self, f64> = model::Column::new(SampleColumn::Double);
    pub(crate) const WORDS: model::Column<Self, String> = model::Column::new(SampleColumn::Words);
    pub(crate) const BYTES: model::Column<Self, Vec<u8>> = model::Column::new(SampleColumn::Bytes);
    pub(crate) const OTHER: model::Column<Self, Uuid> = model::Column::new(SampleColumn::Other);
    pub(crate) const DAY: model::Column<Self, NaiveDate> = model::Column::new(SampleColumn::Day);
    pub(crate) const HOUR: model::Column<Self, NaiveTime, model::Hour> =
        model::Column::new(SampleColumn::Hour);
    pub(crate) const LOCAL: model::Column<Self, NaiveDateTime, model::LocalMoment> =
        model::Column::new(SampleColumn::Local);
    pub(crate) const MOMENT: model::Column<Self, DateTime<Utc>, model::Moment> =
        model::Column::new(SampleColumn::Moment);
    pub(crate) const DATA: model::Column<Self, JsonValue> = model::Column::new(SampleColumn::Data);
}

/// A row to add to `samples`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewSample {
    pub(crate) id: Option<Uuid>,
    pub(crate) flag: Option<bool>,
    pub(crate) small: Option<i16>,
    pub(crate) medium: Option<i32>,
    pub(crate) large: Option<i64>,
    pub(crate) single: Option<f32>,
    pub(crate) double: Option<f64>,
    pub(crate) words: Option<String>,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) other: Option<Uuid>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) hour: Option<NaiveTime>,
    pub(crate) local: Option<NaiveDateTime>,
    pub(crate) moment: Option<DateTime<Utc>>,
    pub(crate) data: Option<JsonValue>,
}

/// Changes to a row of `samples`.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    bindery_runtime::serde::Serialize,
    bindery_runtime::serde::Deserialize,
)]
#[serde(crate = "bindery_runtime::serde", default, deny_unknown_fields)]
pub(crate) struct SamplePatch {
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) flag: model::Change<Option<bool>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) small: model::Change<Option<i16>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) medium: model::Change<Option<i32>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) large: model::Change<Option<i64>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) single: model::Change<Option<f32>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) double: model::Change<Option<f64>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) words: model::Change<Option<String>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) bytes: model::Change<Option<Vec<u8>>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) other: model::Change<Option<Uuid>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) day: model::Change<Option<NaiveDate>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) hour: model::Change<Option<NaiveTime>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) local: model::Change<Option<NaiveDateTime>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) moment: model::Change<Option<DateTime<Utc>>>,
    #[serde(skip_serializing_if = "model::Change::is_keep")]
    pub(crate) data: model::Change<Option<JsonValue>>,
}

/// The primary key of `samples`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SampleKey {
    pub(crate) id: Uuid,
}

impl From<Uuid> for SampleKey {
    fn from(id: Uuid) -> Self {
        Self { id }
    }
}

/// The columns of `samples`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SampleColumn {
    Id,
    Flag,
    Small,
    Medium,
    Large,
    Single,
    Double,
    Words,
    Bytes,
    Other,
    Day,
    Hour,
    Local,
    Moment,
    Data,
}

impl model::ColumnName for SampleColumn {
    type Model = Sample;

    const ALL: &'static [Self] = &[
        Self::Id,
        Self::Flag,
        Self::Small,
        Self::Medium,
        Self::Large,
        Self::Single,
        Self::Double,
        Self::Words,
        Self::Bytes,
        Self::Other,
        Self::Day,
        Self::Hour,
        Self::Local,
        Self::Moment,
        Self::Data,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Flag => "flag",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::Single => "single",
            Self::Double => "double",
            Self::Words => "words",
            Self::Bytes => "bytes",
            Self::Other => "other",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Local => "local",
            Self::Moment => "moment",
            Self::Data => "data",
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Id => q!("id"),
            Self::Flag => q!("flag"),
            Self::Small => q!("small"),
            Self::Medium => q!("medium"),
            Self::Large => q!("large"),
            Self::Single => q!("single"),
            Self::Double => q!("double"),
            Self::Words => q!("words"),
            Self::Bytes => q!("bytes"),
            Self::Other => q!("other"),
            Self::Day => q!("day"),
            Self::Hour => q!("hour"),
            Self::Local => q!("local"),
            Self::Moment => q!("moment"),
            Self::Data => q!("data"),
        }
    }
}

impl model::Model for Sample {
    type Bind = Main;
    type Key = SampleKey;
    type New = NewSample;
    type Patch = SamplePatch;
    type Column = SampleColumn;

    const NAME: &'static str = "Sample";
    const TABLE: &'static str = q!("samples");
    const COLUMNS: &'static str = columns!(
        "id", "flag", "small", "medium", "large", "single", "double", "words", "bytes", "other",
        "day", "hour", "local", "moment", "data"
    );
    const KEY: &'static [SampleColumn] = &[SampleColumn::Id];
    const NEW: &'static [SampleColumn] = &[
        SampleColumn::Id,
        SampleColumn::Flag,
        SampleColumn::Small,
        SampleColumn::Medium,
        SampleColumn::Large,
        SampleColumn::Single,
        SampleColumn::Double,
        SampleColumn::Words,
        SampleColumn::Bytes,
        SampleColumn::Other,
        SampleColumn::Day,
        SampleColumn::Hour,
        SampleColumn::Local,
        SampleColumn::Moment,
        SampleColumn::Data,
    ];
    const ADD: &'static str = concat!(
        "INSERT INTO ",
        q!("samples"),
        " (",
        columns!(
            "id", "flag", "small", "medium", "large", "single", "double", "words", "bytes",
            "other", "day", "hour", "local", "moment", "data"
        ),
        ") VALUES (",
        p!(1),
        ", ",
        p!(2),
        ", ",
        p!(3),
        ", ",
        p!(4),
        ", ",
        p!(5),
        ", ",
        p!(6),
        ", ",
        p!(7),
        ", ",
        p!(8),
        ", ",
        p!(9),
        ", ",
        p!(10),
        ", ",
        p!(11),
        ", ",
        p!(12),
        ", ",
        p!(13),
        ", ",
        p!(14),
        ", ",
        p!(15),
        ")",
        returning!(
            "id", "flag", "small", "medium", "large", "single", "double", "words", "bytes",
            "other", "day", "hour", "local", "moment", "data"
        )
    );
    const VIEW: &'static str = concat!(
        "SELECT ",
        columns!(
            "id", "flag", "small", "medium", "large", "single", "double", "words", "bytes",
            "other", "day", "hour", "local", "moment", "data"
        ),
        " FROM ",
        q!("samples"),
        " WHERE ",
        q!("id"),
        " = ",
        p!(1)
    );
    const DELETE: &'static str =
        concat!("DELETE FROM ", q!("samples"), " WHERE ", q!("id"), " = ", p!(1));

    fn read(row: &model::RowOf<Self>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: Self::ID.read(row, 0)?,
            flag: Self::FLAG.read_optional(row, 1)?,
            small: Self::SMALL.read_optional(row, 2)?,
            medium: Self::MEDIUM.read_optional(row, 3)?,
            large: Self::LARGE.read_optional(row, 4)?,
            single: Self::SINGLE.read_optional(row, 5)?,
            double: Self::DOUBLE.read_optional(row, 6)?,
            words: Self::WORDS.read_optional(row, 7)?,
            bytes: Self::BYTES.read_optional(row, 8)?,
            other: Self::OTHER.read_optional(row, 9)?,
            day: Self::DAY.read_optional(row, 10)?,
            hour: Self::HOUR.read_optional(row, 11)?,
            local: Self::LOCAL.read_optional(row, 12)?,
            moment: Self::MOMENT.read_optional(row, 13)?,
            data: Self::DATA.read_optional(row, 14)?,
        })
    }

    fn key(&self) -> SampleKey {
        SampleKey { id: self.id }
    }

    fn write_key(key: &SampleKey, values: &mut model::Values<Self>) {
        values.put(Self::ID, &key.id);
    }

    fn complete(new: &mut NewSample) {
        new.id.get_or_insert_with(model::uuid);
    }

    fn write_new(new: &NewSample, values: &mut model::Values<Self>) {
        values.put_optional(Self::ID, new.id.as_ref());
        values.put_optional(Self::FLAG, new.flag.as_ref());
        values.put_optional(Self::SMALL, new.small.as_ref());
        values.put_optional(Self::MEDIUM, new.medium.as_ref());
        values.put_optional(Self::LARGE, new.large.as_ref());
        values.put_optional(Self::SINGLE, new.single.as_ref());
        values.put_optional(Self::DOUBLE, new.double.as_ref());
        values.put_optional(Self::WORDS, new.words.as_ref());
        values.put_optional(Self::BYTES, new.bytes.as_ref());
        values.put_optional(Self::OTHER, new.other.as_ref());
        values.put_optional(Self::DAY, new.day.as_ref());
        values.put_optional(Self::HOUR, new.hour.as_ref());
        values.put_optional(Self::LOCAL, new.local.as_ref());
        values.put_optional(Self::MOMENT, new.moment.as_ref());
        values.put_optional(Self::DATA, new.data.as_ref());
    }

    fn write_patch(patch: &SamplePatch, changes: &mut model::Changes<Self>) {
        changes.set_optional(Self::FLAG, &patch.flag);
        changes.set_optional(Self::SMALL, &patch.small);
        changes.set_optional(Self::MEDIUM, &patch.medium);
        changes.set_optional(Self::LARGE, &patch.large);
        changes.set_optional(Self::SINGLE, &patch.single);
        changes.set_optional(Self::DOUBLE, &patch.double);
        changes.set_optional(Self::WORDS, &patch.words);
        changes.set_optional(Self::BYTES, &patch.bytes);
        changes.set_optional(Self::OTHER, &patch.other);
        changes.set_optional(Self::DAY, &patch.day);
        changes.set_optional(Self::HOUR, &patch.hour);
        changes.set_optional(Self::LOCAL, &patch.local);
        changes.set_optional(Self::MOMENT, &patch.moment);
        changes.set_optional(Self::DATA, &patch.data);
    }

    fn new_key(new: &NewSample, _generated: u64) -> Option<SampleKey> {
        Some(SampleKey { id: new.id? })
    }
}

/// What makes `samples` and takes it away.
pub(crate) const DDL: model::Ddl = model::Ddl {
    create: &[concat!(
        "CREATE TABLE IF NOT EXISTS ",
        q!("samples"),
        " (",
        q!("id"),
        " ",
        ty!(uuid),
        " NOT NULL PRIMARY KEY",
        ", ",
        q!("flag"),
        " ",
        ty!(bool),
        ", ",
        q!("small"),
        " ",
        ty!(i16),
        ", ",
        q!("medium"),
        " ",
        ty!(i32),
        ", ",
        q!("large"),
        " ",
        ty!(i64),
        ", ",
        q!("single"),
        " ",
        ty!(f32),
        ", ",
        q!("double"),
        " ",
        ty!(f64),
        ", ",
        q!("words"),
        " ",
        ty!(text),
        ", ",
        q!("bytes"),
        " ",
        ty!(bytes),
        ", ",
        q!("other"),
        " ",
        ty!(uuid),
        ", ",
        q!("day"),
        " ",
        ty!(date),
        ", ",
        q!("hour"),
        " ",
        ty!(time),
        ", ",
        q!("local"),
        " ",
        ty!(datetime),
        ", ",
        q!("moment"),
        " ",
        ty!(timestamp),
        ", ",
        q!("data"),
        " ",
        ty!(json),
        ")"
    )],
    drop: concat!("DROP TABLE IF EXISTS ", q!("samples")),
};
