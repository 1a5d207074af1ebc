import type { Case } from "./case.ts";
import { get } from "./messages.ts";
import { served } from "./verdicts.ts";

/** Another user of a run's backend asks for his answer. */
function probeOf(which: "A" | "B"): Case {
  return {
    ...{ id: `probe-${which}`, rule: 12, rank: 0, side: "response" },
    title: `another user of backend ${which}`,
    steps: [{ send: get("probe", { cookie: which }) }],
    until: 1,
    verdict: served({ part: "probe", backend: which }),
  };
}

export const PROBE = { A: probeOf("A"), B: probeOf("B") } as const;
