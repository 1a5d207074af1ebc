import type { ComparedBackend } from "../policies/compared-policy.ts";
import type { PlannedChange } from "./time-study.ts";

/** When the default changes happen, in sixtieths of the length: minutes of the default hour. */
const MINUTE = { fails: 25, isRepaired: 32, drains: 38, isDrained: 45, joins: 52 } as const;
const MINUTES = 60;
const LAST_OCTET = 254;

/**
 * The changes that an operator meets, far enough apart that each can be seen by itself (ours): the backend in the middle of
 * the list fails and comes back; the first one drains and comes back, as in a rolling update; and one more joins,
 * {@link nextBackend}. A backend that is alone does not drain.
 *
 * @param backends - at the start, at least one
 * @param lengthMs - of the simulation; the first change is after 25/60 of it
 * @throws RangeError for no backends
 */
export function defaultChanges(backends: readonly ComparedBackend[], lengthMs: number): readonly PlannedChange[] {
  const [first] = backends;
  const middle = backends[Math.floor(backends.length / 2)];
  if (first === undefined || middle === undefined) throw new RangeError("there are no backends to simulate");
  const change = (minute: number, kind: PlannedChange["kind"], { id }: ComparedBackend): PlannedChange => ({
    atMs: Math.round((lengthMs * minute) / MINUTES),
    kind,
    backend: id,
  });
  const drain = [change(MINUTE.drains, "drains", first), change(MINUTE.isDrained, "returns", first)];
  return [
    change(MINUTE.fails, "fails", middle),
    change(MINUTE.isRepaired, "returns", middle),
    ...(backends.length > 1 ? drain : []),
    change(MINUTE.joins, "joins", nextBackend(backends)),
  ];
}

/**
 * One more backend like the last of the list, with the next free name and address: after `s9=10.0.0.9:80` comes
 * `s10=10.0.0.10:80`.
 *
 * @throws RangeError for no backends
 */
export function nextBackend(backends: readonly ComparedBackend[]): ComparedBackend {
  const last = backends.at(-1);
  if (last === undefined) throw new RangeError("there are no backends to simulate");
  const ids = new Set(backends.map(({ id }) => id));
  const addresses = new Set(backends.map(({ address }) => address));
  return {
    id: firstFree(last.id, nextId, ids),
    address: firstFree(last.address, nextAddress, addresses),
    weight: last.weight,
  };
}

function firstFree(start: string, next: (text: string) => string, taken: ReadonlySet<string>): string {
  let text = next(start);
  // Each step gives another text, so one of as many as are taken, and one more, is free.
  for (let i = 0; i < taken.size && taken.has(text); i++) text = next(text);
  return text;
}

function nextId(id: string): string {
  const [, name = "", number = "1"] = /^(.*?)(\d{1,9})?$/.exec(id) ?? [];
  return `${name}${Number(number) + 1}`;
}

/** The next host where it ends in a number that can grow, otherwise the next port. */
function nextAddress(address: string): string {
  const [, network, host = "", port = ""] = /^(\d+\.\d+\.\d+\.)(\d+)(:\d+)$/.exec(address) ?? [];
  if (network !== undefined && Number(host) < LAST_OCTET) return `${network}${Number(host) + 1}${port}`;
  const [, name = address, number = "0"] = /^(.*):(\d+)$/.exec(address) ?? [];
  return `${name}:${(Number(number) % 65_535) + 1}`;
}
