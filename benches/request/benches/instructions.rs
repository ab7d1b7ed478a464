//! Instructions per request: each setup runs a few and many requests under callgrind, and the
//! difference, divided, is the price of one. `bench` reads the counts from the files left behind.

use gungraun::{
    Bench, BinaryBenchmark, BinaryBenchmarkConfig, BinaryBenchmarkGroup, Command, Sandbox,
    binary_benchmark_group, main,
};
use ::request::{Backend, Case, Variant};

/// How many requests the two runs of a setup make.
const COUNTS: [usize; 2] = [100, 600];

fn setups(group: &mut BinaryBenchmarkGroup) {
    let wanted = std::env::var("BENCH_SETUPS").unwrap_or_default();
    for backend in Backend::ALL {
        for case in Case::ALL {
            for variant in Variant::ALL {
                for binds in [1, 3] {
                    let name = format!("{backend} {variant} {binds} {case}");
                    if wanted.split(',').all(|wanted| wanted != name) {
                        continue;
                    }
                    let id = name.replace([' ', '-'], "_");
                    let mut benchmark = BinaryBenchmark::new(id.as_str());
                    for count in COUNTS {
                        let command = Command::new(env!("CARGO_BIN_EXE_requests"))
                            .args(name.split(' '))
                            .arg(count.to_string())
                            .build();
                        let id = format!("requests_{count}");
                        benchmark.bench(Bench::new(id.as_str()).command(command));
                    }
                    group.binary_benchmark(benchmark);
                }
            }
        }
    }
}

binary_benchmark_group!(name = requests, benchmarks = |group: &mut BinaryBenchmarkGroup| setups(group));

main!(
    config = BinaryBenchmarkConfig::default()
        .sandbox(Sandbox::new(false))
        .pass_through_envs(["BENCH_POSTGRES_URL", "BENCH_POOL"]),
    binary_benchmark_groups = requests
);
