import { parentPort, workerData } from "node:worker_threads";
import { type MatrixJob, type MatrixPlan, runJob } from "./matrix.ts";

// A thread of the matrix: is given one job after the other, until it is terminated.

const plan = workerData as MatrixPlan;
parentPort?.on("message", (job: MatrixJob) => {
  parentPort?.postMessage(runJob(job, plan));
});
