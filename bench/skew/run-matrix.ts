import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { jobsOf, type MatrixCell, type MatrixJob, type MatrixPlan } from "./matrix.ts";

const MOST_THREADS = 8;

/**
 * Runs all jobs of `plan` on as many threads as there are cores. The results are in the order of the jobs, whichever thread is
 * done first.
 *
 * @param onDone - told after each job
 */
export async function runMatrix(plan: MatrixPlan, onDone: (job: MatrixJob) => void): Promise<readonly MatrixCell[]> {
  const jobs = jobsOf(plan);
  const cells = new Map<MatrixJob, MatrixCell>();
  // Those with the most backends take longest: nobody shall begin one when all others are done.
  const queue = jobs.toSorted((a, b) => a.backends - b.backends);
  const threads = Math.min(queue.length, MOST_THREADS, availableParallelism());
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL("./matrix-worker.js", import.meta.url), { workerData: plan });
      try {
        for (let job = queue.pop(); job !== undefined; job = queue.pop()) {
          cells.set(job, await answerOf(worker, job));
          onDone(job);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  return jobs.map((job) => {
    const cell = cells.get(job);
    if (cell === undefined) throw new Error(`${job.population} with ${job.backends} backends was not measured`);
    return cell;
  });
}

function answerOf(worker: Worker, job: MatrixJob): Promise<MatrixCell> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      worker.removeAllListeners("message").removeAllListeners("error").removeAllListeners("exit");
      end();
    };
    worker.on("message", (cell: MatrixCell) => settle(() => resolve(cell)));
    worker.on("error", (error) => settle(() => reject(error)));
    worker.on("exit", (code) => settle(() => reject(new Error(`a thread of the matrix ended with code ${code}`))));
    worker.postMessage(job);
  });
}
