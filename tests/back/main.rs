//! The back half of the generator, seen from outside: the files it writes, and the program.

mod cli;
mod golden;
mod properties;
mod rustfmt;
mod scratch;
mod secrets;
mod writing;
