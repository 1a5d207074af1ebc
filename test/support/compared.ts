import { formatAddress, parseAddress } from "../../src/proxy-protocol/address-text.ts";
import type { ComparedBackend, Visit } from "../../src/skew/policies/compared-policy.ts";
import { seededRandom } from "./seeded-random.ts";

/** `app1` at 10.0.0.1:8080, `app2`, … of weight 1, or of the weights that are given. */
export function comparedBackends(count: number, weights: readonly number[] = []): readonly ComparedBackend[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `app${i + 1}`,
    address: `10.0.0.${i + 1}:8080`,
    weight: weights[i] ?? 1,
  }));
}

/** Makes visits; the same address has the same bytes every time. */
export class Visitors {
  readonly #known = new Map<string, Uint8Array>();

  visit(text: string, user = 0, nowMs = 0): Visit {
    const bytes = this.#known.get(text) ?? parseAddress(text);
    if (bytes === undefined) throw new Error(`${text} is no address`);
    this.#known.set(text, bytes);
    return { bytes, text: formatAddress(bytes), user, nowMs };
  }
}

/** Different IPv4 addresses, the same ones every time. */
export function someAddresses(count: number, seed = 1): readonly string[] {
  const random = seededRandom(seed);
  const byte = (): number => 1 + Math.floor(random.next() * 200);
  const addresses = new Set<string>();
  while (addresses.size < count) addresses.add([byte(), byte(), byte(), byte()].join("."));
  return [...addresses];
}
