/** A worker of `no-hang.ts`: when the main thread never gives control back, it says where that is, and ends the process. */
import { writeSync } from "node:fs";
import { type Debugger, Session } from "node:inspector";
import { workerData } from "node:worker_threads";
import type { Watched } from "./no-hang.ts";

/** For the main thread to say where it is. */
const ANSWER_MS = 5_000;

const { beats, stuckMs } = workerData as Watched;
let last = Atomics.load(beats, 0);
setInterval(() => {
  const now = Atomics.load(beats, 0);
  if (now === last) tellAndEnd();
  last = now;
}, stuckMs);

function tellAndEnd(): void {
  say(`The event loop stands still for ${stuckMs / 1000} s. The process is ended; it was at:\n`);
  const session = new Session();
  session.connectToMainThread();
  const urls = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => urls.set(scriptId, url));
  session.once("Debugger.paused", ({ params }) => {
    for (const frame of params.callFrames) say(`  ${textOf(frame, urls)}\n`);
    process.kill(process.pid, "SIGKILL");
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), ANSWER_MS);
}

function textOf({ functionName, location }: Debugger.CallFrame, urls: ReadonlyMap<string, string>): string {
  const { scriptId, lineNumber, columnNumber = 0 } = location;
  return `${functionName || "(anonymous)"} ${urls.get(scriptId)}:${lineNumber + 1}:${columnNumber + 1}`;
}

/** At once: what a worker prints goes through the main thread. */
function say(text: string): void {
  writeSync(2, text);
}
