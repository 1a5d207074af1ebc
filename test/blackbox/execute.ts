import { setTimeout as delay } from "node:timers/promises";
import type { ClientStep } from "./case.ts";
import { CaseClient } from "./case-client.ts";
import type { Observation } from "./observe/observation.ts";
import type { Run } from "./run.ts";

/** What a run needs from the arena. */
export interface Place {
  readonly port: number;
  readonly barrier: () => Promise<void>;
}

/** How long anything may take that is waited for. Only failures wait so long. */
export const PATIENCE_MS = 4000;
/** How long what must not stay may stay: an unfinished request on a backend connection. */
const SETTLE_MS = 1500;

/** Plays one run and says what was seen. */
export async function execute(run: Run, { port, barrier }: Place): Promise<Observation> {
  const { steps, methods = [], until } = run.case;
  const client = await CaseClient.open(port, methods, run.changes);
  let late = false;
  const wait = async (isSo: () => boolean): Promise<void> => {
    late = !(await run.changes.until(() => isSo() || client.over, PATIENCE_MS)) || late;
  };
  for (const [index, step] of steps.entries()) {
    if (late || (client.over && !("wait" in step))) break;
    await take(step, index);
  }
  if (until === "close") await wait(() => false);
  else await wait(() => client.completeAnswers >= until);
  // What the balancer has sent behind that is here when this is back.
  if (!client.over) await barrier();
  const observation = observe(run, client, late);
  client.close();
  await run.changes.until(() => run.stuck === 0, SETTLE_MS);
  return { ...observation, seen: run.seen(), broken: [...run.broken], stuck: run.stuck };

  async function take(step: ClientStep, index: number): Promise<void> {
    if ("send" in step) {
      for (const [number, piece] of run.pieces(index, step.send).entries()) {
        if (number > 0) await barrier();
        client.write(piece);
      }
    } else if ("drip" in step) {
      client.write(run.bytes(step.ahead ?? ""));
      for (const byte of run.bytes(step.drip)) {
        if (client.over) return;
        client.write(Buffer.of(byte));
        await delay(step.everyMs);
      }
    } else if ("finish" in step) {
      if (step.finish === "end") client.end();
      else client.abort();
    } else await waitFor(step);
  }

  async function waitFor(step: Extract<ClientStep, { wait: unknown }>): Promise<void> {
    const arrivals = (part: string) => run.arrivals.filter((arrival) => arrival.part === part);
    switch (step.wait) {
      case "read":
        return barrier();
      case "answers": {
        const come = (): boolean => client.completeAnswers >= step.count || client.over;
        if (step.within === undefined) return wait(come);
        for (let i = 0; i < step.within && !come(); i++) await barrier();
        return;
      }
      case "interim":
        return wait(() => client.interim.length >= step.count);
      case "tunnelled":
        return wait(() => client.tunnelled.length >= step.count);
      case "seen":
        return wait(() => arrivals(step.part).length > 0);
      case "answered":
        return wait(() => arrivals(step.part).some(({ connection }) => connection.answered));
      case "gone": {
        const gone = (): boolean => arrivals(step.part).every(({ connection }) => !connection.open);
        late = !(await run.changes.until(gone, PATIENCE_MS)) || late;
      }
    }
  }
}

function observe(run: Run, client: CaseClient, late: boolean): Omit<Observation, "seen" | "broken" | "stuck"> {
  const { received, answers, interim, tunnelled, unreadable } = client;
  const end = late ? "late" : client.reset ? "reset" : client.over ? "closed" : "open";
  return { id: run.id, received, answers, interim, tunnelled, unreadable, end };
}
