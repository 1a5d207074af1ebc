import type { CountedLog } from "../logs/read-log.ts";
import type { Population } from "./population.ts";

/**
 * The clients of a log, heaviest first. How many users are behind an address, no log tells.
 * @param name - what the log is called
 */
export function populationOfLog(log: CountedLog, name: string): Population {
  const { addresses, counts } = log.clients;
  return {
    name,
    title: `the clients of ${name}`,
    source: name,
    seed: undefined,
    addresses,
    users: undefined,
    connections: counts,
    groups: [name],
    groupOf: new Uint16Array(addresses.length),
  };
}
