//! Who writes notes.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::db;
use crate::db::main::user::{self, NewUser, User};

/// Two users of one name are 409.
pub async fn add(
    main: db::main::Session,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, Json<User>), db::Error> {
    let user = user::add(&main, new).await?;
    Ok((StatusCode::CREATED, Json(user)))
}

/// The notes go with their author: `on_delete = "cascade"`.
pub async fn remove(main: db::main::Session, Path(id): Path<i64>) -> Result<StatusCode, db::Error> {
    user::delete(&main, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
