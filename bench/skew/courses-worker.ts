import { parentPort, workerData } from "node:worker_threads";
import { coursesOf } from "./courses.ts";
import type { MatrixPlan } from "./matrix.ts";

// A thread that finds out the courses, says so and ends.

parentPort?.postMessage(coursesOf(workerData as MatrixPlan));
