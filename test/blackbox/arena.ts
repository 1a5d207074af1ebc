import { Barrier } from "./barrier.ts";
import type { Case, Profile } from "./case.ts";
import { execute } from "./execute.ts";
import { get } from "./messages.ts";
import { PROBE } from "./probe.ts";
import { RecordingBackend } from "./recording-backend.ts";
import { type Cut, type Lane, Run } from "./run.ts";
import type { BackendPlace, RunningSubject, Subject } from "./subjects/subject.ts";

/** Nothing listens there: an address of loopback that nobody is given, and the discard port. */
const DEAD: BackendPlace = { id: "dead", host: "127.77.0.9", port: 9 };
/** The backend that only barriers use. */
const APART = "apart";
/** Probes at once on one backend. */
const MAX_PROBES = 16;
/** Runs whose marks stay known for what comes late. */
const REMEMBERED = 5000;

/** What came of one run. */
export interface Outcome {
  readonly case: Case;
  readonly cut: Cut | undefined;
  readonly complaints: readonly string[];
}

/** One balancer with its backends, in which runs are played. Whoever opened it closes it. */
export class Arena {
  readonly subject: Subject;
  readonly lanes: readonly Lane[];
  readonly #running: RunningSubject;
  readonly #backends: ReadonlyMap<string, RecordingBackend>;
  readonly #barrier: Barrier;
  readonly #runs: Map<string, Run>;
  readonly #strays: string[];
  #count = 0;

  private constructor(
    subject: Subject,
    running: RunningSubject,
    backends: ReadonlyMap<string, RecordingBackend>,
    barrier: Barrier,
    runs: Map<string, Run>,
    strays: string[],
  ) {
    this.subject = subject;
    this.#running = running;
    this.#backends = backends;
    this.#barrier = barrier;
    this.#runs = runs;
    this.#strays = strays;
    const ids = [...backends.keys()].filter((id) => id !== APART);
    const laneOf = (a: string, b: string): Lane => ({
      ...{ a, b },
      cookies: { A: subject.cookie(a), B: subject.cookie(b), D: subject.cookie(DEAD.id) },
    });
    this.lanes = Array.from({ length: ids.length / 2 }, (_, i) => laneOf(ids[2 * i] ?? "", ids[2 * i + 1] ?? ""));
  }

  /** Starts the balancer and two backends for each of `lanes` runs at once. */
  static async open(subject: Subject, profile: Profile, lanes: number): Promise<Arena> {
    const runs = new Map<string, Run>();
    const strays: string[] = [];
    let barrier: Barrier | undefined;
    let apart: Run | undefined;
    const recorder = {
      runOf: (mark: string) => {
        // Every barrier is a request of the same run; nobody asks for them.
        if (mark === apart?.id) apart.arrivals.length = 0;
        return runs.get(mark);
      },
      barrier: () => barrier?.passed() ?? Promise.resolve(),
      stray: (what: string) => strays.push(what),
    };
    const ids = [...Array.from({ length: 2 * lanes }, (_, i) => `b${i + 1}`), APART];
    const backends = new Map(
      await Promise.all(ids.map(async (id) => [id, await RecordingBackend.start(id, recorder)] as const)),
    );
    const places = [...backends].map(([id, { port }]) => ({ id, host: "127.0.0.1", port }));
    const close = (): Promise<unknown> => Promise.all([...backends.values()].map((backend) => backend.close()));
    const running = await subject.start({ backends: places, dead: DEAD, profile }).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    const cookies = { A: subject.cookie(APART), B: "", D: "" };
    apart = new Run(0, PROBE.A, { a: APART, b: APART, cookies });
    runs.set(apart.id, apart);
    barrier = new Barrier(running.port, apart.bytes(get("barrier")).toString("latin1"), () =>
      strays.push("an exchange beside the cases got no answer"),
    );
    return new Arena(subject, running, backends, barrier, runs, strays);
  }

  /** What backends saw that belongs to nobody, and whether the balancer lives. */
  get faults(): readonly string[] {
    return [...(this.#running.alive() ? [] : [`${this.subject.title} has ended`]), ...this.#strays];
  }

  /** Plays `test` whole, or cut, in `lane`. */
  async play(test: Case, lane: Lane, cut?: Cut): Promise<Outcome> {
    const run = new Run(++this.#count, test, lane, cut);
    this.#runs.set(run.id, run);
    const observed = await execute(run, { port: this.#running.port, barrier: () => this.#barrier.passed() });
    run.judged();
    this.#forgetOldest();
    const complaints = [...test.verdict(observed)];
    if (!this.#running.alive()) complaints.push(`${this.subject.title} has ended`);
    return { case: test, cut, complaints };
  }

  /**
   * Other users of the same two backends ask for their answers, as many at once as idle connections may have been left
   * behind: whatever lies in one of those becomes somebody's answer.
   */
  async probe(lane: Lane): Promise<readonly string[]> {
    const count = (id: string): number =>
      Math.min(MAX_PROBES, Math.max(1, this.#backends.get(id)?.idleConnections ?? 0));
    const probes = [...Array(count(lane.a)).fill(PROBE.A), ...Array(count(lane.b)).fill(PROBE.B)];
    const outcomes = await Promise.all(probes.map((probe: Case) => this.play(probe, lane)));
    return outcomes.flatMap(({ case: { title }, complaints }) => complaints.map((text) => `${title}: ${text}`));
  }

  #forgetOldest(): void {
    for (const [mark, run] of this.#runs) {
      if (this.#runs.size <= REMEMBERED) return;
      if (!run.isJudged) continue;
      this.#runs.delete(mark);
      if (run.late !== undefined) this.#strays.push(`after the end of ${run.case.id}: ${run.late}`);
    }
  }

  async close(): Promise<void> {
    this.#barrier.close();
    await this.#running.stop();
    await Promise.all([...this.#backends.values()].map((backend) => backend.close()));
  }
}
