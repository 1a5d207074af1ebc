import type { StdioOptions } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { Flags } from "./balancer-of.ts";
import type { Measurement } from "./inside-process.ts";
import { LengketProcess, statusOf } from "./lengket-process.ts";

const KIB = 1024;

/** Where the access log goes: by default nowhere, because it is not what is measured. */
export interface MeasuredOptions {
  readonly stdout?: number;
}

/** The executable, watched from inside and outside. */
export class MeasuredProcess {
  readonly lengket: LengketProcess;
  #residentBytes = 0;

  private constructor(lengket: LengketProcess) {
    this.lengket = lengket;
  }

  static async start(flags: Flags, { stdout }: MeasuredOptions = {}): Promise<MeasuredProcess> {
    const inside = new URL("./inside-process.js", import.meta.url).href;
    const stdio: StdioOptions = ["ignore", stdout ?? "ignore", "pipe", "ipc"];
    const accessLog = stdout === undefined ? { ACCESS_LOG: "off" } : {};
    const lengket = await LengketProcess.start(
      { ...accessLog, ...flags },
      // Coverage is collected in memory; that is not what is measured either.
      { command: [process.execPath, "--expose-gc", "--import", inside], stdio, env: { NODE_V8_COVERAGE: "" } },
    );
    return new MeasuredProcess(lengket);
  }

  get port(): number {
    return this.lengket.port;
  }

  /** Behind a garbage collection, so that the heap holds what is in use; it gives resident memory back too. */
  async measure(): Promise<Measurement> {
    const { child } = this.lengket;
    const answered = once(child, "message");
    child.send("measure");
    const [measurement] = await answered;
    return measurement;
  }

  /** From here on `memoryGrowth` counts. */
  markMemory(): void {
    // Sets the high-water mark to what is resident now (proc(5), clear_refs).
    writeFileSync(`/proc/${this.lengket.pid}/clear_refs`, "5");
    this.#residentBytes = statusOf(this.lengket.pid, "VmRSS") * KIB;
  }

  /** By how much the resident memory has grown since `markMemory`, at its largest. */
  memoryGrowth(): number {
    return this.memoryPeak() - this.#residentBytes;
  }

  /** The most memory that was resident since `markMemory`. V8 alone moves by 20 MB between two collections. */
  memoryPeak(): number {
    return statusOf(this.lengket.pid, "VmHWM") * KIB;
  }

  kill(): Promise<void> {
    return this.lengket.kill();
  }
}
