import type { Verdict } from "../../src/control/health/check-result.ts";
import type { Backend, BackendId, Health } from "../../src/model/backend.ts";

export const RISE = 2;
export const FALL = 3;

/** One backend as a reader of the documentation would imagine it. */
export interface ModelMember {
  backend: Backend;
  slot: number;
  listed: boolean;
  health: Health;
  /** The results since the verdict, as `+` and `-`. */
  results: string;
  drainByCheck: boolean;
  drainSinceMs: number | undefined;
  open: number;
}

/** The cluster as a table on paper: the oracle of the model test. It knows nothing of ejections, which have invariants. */
export class ClusterModel {
  readonly members = new Map<BackendId, ModelMember>();
  nowMs = 0;

  reload(backends: readonly Backend[]): void {
    const listed = new Map(backends.map((backend) => [backend.id, backend]));
    const slots = new Set([...this.members.values()].map(({ slot }) => slot));
    for (const [id, member] of this.members) member.listed = listed.has(id);
    for (const backend of backends) {
      const known = this.members.get(backend.id);
      if (known !== undefined && known.backend.port === backend.port) {
        known.backend = backend;
        continue;
      }
      if (known !== undefined) {
        Object.assign(known, { backend, health: "unknown", results: "", drainByCheck: false });
        continue;
      }
      let slot = 0;
      while (slots.has(slot)) slot++;
      slots.add(slot);
      const health = "unknown";
      const fresh = { backend, slot, listed: true, health, results: "", drainByCheck: false } as const;
      this.members.set(backend.id, { ...fresh, drainSinceMs: undefined, open: 0 });
    }
    this.#settle();
  }

  check(id: BackendId, verdict: Verdict): void {
    const member = this.members.get(id);
    if (member === undefined || !member.listed || verdict === "undecided") return;
    member.results += verdict === "fail" ? "-" : "+";
    if (verdict !== "fail") member.drainByCheck = verdict === "drain";
    const verdictIs = (health: Health): void => {
      member.health = health;
      member.results = "";
    };
    const { health, results } = member;
    if (health !== "healthy" && results.endsWith("+".repeat(health === "unknown" ? 1 : RISE))) verdictIs("healthy");
    if (health !== "unhealthy" && results.endsWith("-".repeat(health === "unknown" ? 1 : FALL))) verdictIs("unhealthy");
    this.#settle();
  }

  close(id: BackendId): void {
    const member = this.members.get(id);
    if (member !== undefined) member.open = 0;
    this.#settle();
  }

  drains(member: ModelMember): boolean {
    return !member.listed || member.backend.weight === 0 || member.drainByCheck;
  }

  #settle(): void {
    for (const [id, member] of this.members) {
      if (!this.drains(member)) member.drainSinceMs = undefined;
      else member.drainSinceMs ??= this.nowMs;
      if (!member.listed && member.open === 0) this.members.delete(id);
    }
  }
}
