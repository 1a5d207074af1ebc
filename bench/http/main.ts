import { runBench } from "../support/run-bench.ts";
import { HTTP_BENCH } from "./http-bench.ts";

process.exitCode = await runBench(HTTP_BENCH, process.argv.slice(2));
