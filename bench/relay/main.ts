import { runBench } from "../support/run-bench.ts";
import { RELAY_BENCH } from "./relay-bench.ts";

process.exitCode = await runBench(RELAY_BENCH, process.argv.slice(2));
