import { nearestName } from "../../config/nearest-name.ts";
import { comparedPolicies } from "../../skew/policies/compared-policies.ts";

/** Stands for every policy. */
const ALL = "all";

/**
 * The policies of `--policy`, in the given order, each once.
 *
 * @param wanted - names in lower or upper case; none, or `all` = every policy
 * @returns what is wrong, when one of them is unknown
 */
export function choosePolicies(wanted: readonly string[]): readonly string[] | string {
  const known = comparedPolicies.map(({ name }) => name);
  const names = [...new Set(wanted.map((name) => name.toLowerCase()))];
  if (names.length === 0 || names.includes(ALL)) return known;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  const nearest = unknown.map((name) => nearestName(name, known));
  const hint = nearest.includes(undefined)
    ? `the policies are ${known.join(", ")}`
    : `did you mean ${nearest.join(", ")}?`;
  return `no policy is called ${unknown.map((name) => JSON.stringify(name)).join(", ")}; ${hint}`;
}
