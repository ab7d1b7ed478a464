//! Declared models on real databases. Every case is written once and runs on each backend: `cases`
//! is part of `sqlite`, `postgres` and `mysql`, which say what differs.
