//! Instructions per request: each setup runs its requests under callgrind, which begins to count
//! once everything is warm. `bench` reads the counts from the files left behind.

use ::request::{Backend, Case, Variant};
use gungraun::{
    Bench, BinaryBenchmark, BinaryBenchmarkConfig, BinaryBenchmarkGroup, Callgrind, Command,
    Sandbox, binary_benchmark_group, main,
};

/// `BENCH_SETUPS` has each setup that is wanted, and how many requests are counted.
fn setups(group: &mut BinaryBenchmarkGroup) {
    let wanted = std::env::var("BENCH_SETUPS").unwrap_or_default();
    for backend in Backend::ALL {
        for case in Case::ALL {
            for variant in Variant::ALL {
                for binds in [1, 3] {
                    let name = format!("{backend} {variant} {binds} {case}");
                    let counted = wanted.split(',').find_map(|one| one.strip_prefix(&name));
                    let Some(requests) = counted else {
                        continue;
                    };
                    let id = name.replace([' ', '-'], "_");
                    let command = Command::new(env!("CARGO_BIN_EXE_requests"))
                        .args(name.split(' '))
                        .arg(requests.trim_start())
                        .build();
                    let mut benchmark = BinaryBenchmark::new(id.as_str());
                    benchmark.bench(Bench::new("requests").command(command));
                    group.binary_benchmark(benchmark);
                }
            }
        }
    }
}

binary_benchmark_group!(
    name = requests,
    benchmarks = |group: &mut BinaryBenchmarkGroup| setups(group)
);

main!(
    config = BinaryBenchmarkConfig::default()
        .sandbox(Sandbox::new(false))
        .tool(Callgrind::with_args([
            "--separate-threads=no",
            "--cache-sim=no",
            "--zero-before=bench_counts_from_here",
        ]))
        .pass_through_envs(["BENCH_POSTGRES_URL", "BENCH_POOL"]),
    binary_benchmark_groups = requests
);
