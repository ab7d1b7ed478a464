//! The generator up to the model: what is accepted, what is refused and in which words.

mod crud;
mod diagnostics;
mod expect;
mod files;
mod formats;
mod fuzz;
mod hostile;
mod meaning;
mod models;
