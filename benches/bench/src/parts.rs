//! The parts of a run, in the order of the page.

mod allocations;
mod code;
mod generator;
mod instructions;
mod setups;
mod throughput;
mod weight;

use std::fmt;

use anyhow::Result;
use clap::ValueEnum;

use crate::results::Measured;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Instructions per request, by callgrind
    RequestInstructions,
    /// Allocations per request
    RequestAllocations,
    /// Requests a second over 16 connections
    RequestThroughput,
    /// Time and memory of the generator
    Generator,
    /// Crates and seconds that the runtime and the build-dependency add
    Weight,
    /// Seconds to compile what was generated
    Code,
}

impl Part {
    pub(crate) const ALL: &[Self] = &[
        Self::RequestInstructions,
        Self::RequestAllocations,
        Self::RequestThroughput,
        Self::Generator,
        Self::Weight,
        Self::Code,
    ];

    /// As on the command line, in `results` and in the markers of the page.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RequestInstructions => "request-instructions",
            Self::RequestAllocations => "request-allocations",
            Self::RequestThroughput => "request-throughput",
            Self::Generator => "generator",
            Self::Weight => "weight",
            Self::Code => "code",
        }
    }

    pub(crate) fn run(self) -> Result<Measured> {
        match self {
            Self::RequestInstructions => instructions::run(),
            Self::RequestAllocations => allocations::run(),
            Self::RequestThroughput => throughput::run(),
            Self::Generator => generator::run(),
            Self::Weight => weight::run(),
            Self::Code => code::run(),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
