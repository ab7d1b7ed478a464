//! What a model says about its functions and its routes, in `[bind.KEY.model.NAME.crud]`.

use super::{EVERY, Entry, Form, MAX_BODY, MAX_PAGE};

/// What `crud` says.
pub const CRUD: &[Entry] = &[
    Entry {
        name: "operations",
        form: Form::Operations,
        backends: EVERY,
        default: "all of them; `save` unless the database makes the key",
        example: "[\"add\", \"view\", \"edit\", \"delete\", \"list\"]",
        doc: "The functions that are generated: `add`, `view`, `edit` and `delete` for one row, `list`, `list_add`, `list_edit` and `list_delete` for many, and `save` for both.",
    },
    Entry {
        name: "routes",
        form: Form::Routes,
        backends: EVERY,
        default: "none",
        example: "[\"list\", \"view\", \"add\", \"edit\", \"delete\"]",
        doc: "What can be done over HTTP, with or without the function of that name. Needs `web = \"axum\"` and `serde = true`.",
    },
    Entry {
        name: "filter",
        form: Form::Columns,
        backends: EVERY,
        default: "none",
        example: "[\"status\", \"created_at\"]",
        doc: "Columns by which a query may choose rows of the list.",
    },
    Entry {
        name: "order",
        form: Form::Columns,
        backends: EVERY,
        default: "none",
        example: "[\"created_at\"]",
        doc: "Columns by which a query may sort the list.",
    },
    Entry {
        name: "default_order",
        form: Form::Order,
        backends: EVERY,
        default: "the primary key",
        example: "[\"-created_at\"]",
        doc: "How the list is sorted when a query does not say; with `-` the highest value comes first.",
    },
    Entry {
        name: "paging",
        form: Form::Paging,
        backends: EVERY,
        default: "\"offset\"",
        example: "\"keyset\"",
        doc: "How the list is cut into pages: \"offset\" by number, \"keyset\" by the row before, which stays right while rows come and go.",
    },
    Entry {
        name: "page_size",
        form: Form::Number { min: 1, max: MAX_PAGE },
        backends: EVERY,
        default: "20, or `max_page_size` if that is less",
        example: "20",
        doc: "Rows of a page when a query does not say.",
    },
    Entry {
        name: "max_page_size",
        form: Form::Number { min: 1, max: MAX_PAGE },
        backends: EVERY,
        default: "100, or `page_size` if that is more",
        example: "100",
        doc: "The most rows that a query may ask for.",
    },
    Entry {
        name: "max_body",
        form: Form::Number { min: 1, max: MAX_BODY },
        backends: EVERY,
        default: "1048576, which is 1 MiB",
        example: "1048576",
        doc: "The most bytes of a request body.",
    },
];
