import { ConfigError, type ConfigProblem } from "../../model/failure.ts";
import { parseAddress } from "../../proxy-protocol/address-text.ts";
import { usersOf } from "./build-population.ts";
import { clientNumber, parseBlock, roomOf } from "./draw-addresses.ts";
import { planShape, type WrittenGroup } from "./plan-shape.ts";
import type { AddressGroup, PopulationPlan } from "./population.ts";

/** Each is drawn, so that more would take minutes. */
const MOST_USERS = 20_000_000;
const EXAMPLE = '{"name":"school","groups":[{"name":"homes","addresses":500,"usersPerAddress":2}]}';

/** Says what is wrong with the value at `path` of the file, e.g. `groups[0].at[3]`. */
type Complain = (path: string, problem: string, value?: string) => void;

/**
 * Reads a population from the text of a JSON file:
 * ```json
 * { "name": "school", "title": "a school and its town", "source": "ours", "groups": [
 *   { "name": "homes", "addresses": 2000, "within": "203.0.0.0/16",
 *     "usersPerAddress": { "law": "weighted", "values": [[1, 0.9], [2, 0.1]] } },
 *   { "name": "school", "at": ["198.51.100.7"], "usersPerAddress": 600,
 *     "connectionsPerUser": { "law": "geometric", "mean": 12 } } ] }
 * ```
 * A group has either `addresses` (how many are drawn; with `spread` and `within`) or `at` (the addresses themselves). The
 * laws are those of {@link AddressGroup}; a plain number is a constant. Six connections a user, geometric, unless said otherwise.
 *
 * @param file - what the file is called in the messages
 * @throws ConfigError that names everything which is wrong
 */
export function readPopulationPlan(text: string, file: string): PopulationPlan {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const problem = `not valid JSON (${error instanceof Error ? error.message : "unknown"})`;
    throw new ConfigError([{ where: file, problem, hint: `write e.g. ${EXAMPLE}` }]);
  }
  const problems: ConfigProblem[] = [];
  const complain: Complain = (path, problem, value) => {
    problems.push({
      where: [file, path].filter((part) => part !== "").join(" "),
      problem,
      ...(value !== undefined && { value }),
    });
  };
  const written = planShape().safeParse(json);
  if (!written.success) {
    for (const { path, message } of written.error.issues) complain(pathText(path), message);
    throw new ConfigError(problems);
  }
  const { name, title = name, source = file, groups } = written.data;
  const plan = { name, title, source, groups: groups.map((group, i) => toGroup(group, `groups[${i}]`, complain)) };
  checkTogether(plan, complain);
  if (problems.length > 0) throw new ConfigError(problems);
  return plan;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text === "" ? "" : "."}${String(key)}`),
    "",
  );
}

function toGroup(written: WrittenGroup, path: string, complain: Complain): AddressGroup {
  const { name, usersPerAddress, connectionsPerUser = { law: "geometric", mean: 6 } } = written;
  return { name, addresses: toAddresses(written, path, complain), usersPerAddress, connectionsPerUser };
}

function toAddresses(written: WrittenGroup, path: string, complain: Complain): AddressGroup["addresses"] {
  const { addresses: count, at, spread, within } = written;
  if ((count === undefined) === (at === undefined)) {
    complain(path, 'needs either "addresses" (how many) or "at" (which)');
  }
  if (at !== undefined) {
    if (spread !== undefined || within !== undefined) complain(path, '"spread" and "within" do not go with "at"');
    at.forEach((text, i) => {
      if (parseAddress(text) === undefined) complain(`${path}.at[${i}]`, "is not an address", text);
    });
    return { at };
  }
  const block = within === undefined ? undefined : parseBlock(within);
  if (within !== undefined && block === undefined) {
    complain(`${path}.within`, "is not a block such as 198.51.100.0/24 or 2001:db8::/32", within);
  }
  if (block !== undefined && roomOf(block) < (count ?? 0)) {
    complain(`${path}.within`, `has room for ${roomOf(block)} clients only, not for ${count}`, block.text);
  }
  return { count: count ?? 0, spread: spread ?? "scattered", within };
}

/** What one group alone cannot do wrong. */
function checkTogether({ groups }: PopulationPlan, complain: Complain): void {
  const names = new Set<string>();
  const listed = new Set<bigint>();
  let users = 0;
  groups.forEach(({ name, addresses, usersPerAddress }, i) => {
    if (names.has(name)) complain(`groups[${i}].name`, "is the name of an earlier group too", name);
    names.add(name);
    const count = "at" in addresses ? addresses.at.length : addresses.count;
    users += usersOf(usersPerAddress, count).reduce((a, b) => a + b, 0);
    if (!("at" in addresses)) return;
    addresses.at.forEach((text, j) => {
      const bytes = parseAddress(text);
      if (bytes === undefined) return;
      const client = clientNumber(bytes);
      if (listed.has(client)) complain(`groups[${i}].at[${j}]`, "is the same client as an earlier address", text);
      listed.add(client);
    });
  });
  if (users > MOST_USERS) complain("groups", `have ${users} users, more than ${MOST_USERS}`);
}
