import type { ComparedBackend } from "./compared-policy.ts";
import { DataPathBalancer } from "./data-path-balancer.ts";
import { ModelBalancer } from "./model-balancer.ts";
import { describePolicy, policyDefinitions } from "./policy-definitions.ts";
import { defaultPolicyOptions, type PolicyOptions } from "./policy-options.ts";

/**
 * A balancer of the policy called `name` (one of `comparedPolicies`), nothing connected yet, everybody up.
 *
 * @param backends - in the order of the configuration; ids unique
 * @throws RangeError for an unknown name, and for a weight, id or option that the program would not accept
 */
export function createPolicyBalancer(
  name: string,
  backends: readonly ComparedBackend[],
  options: PolicyOptions = defaultPolicyOptions,
): DataPathBalancer | ModelBalancer {
  const definition = policyDefinitions().find((candidate) => candidate.name === name);
  if (definition === undefined) throw new RangeError(`there is no policy ${JSON.stringify(name)}`);
  const policy = describePolicy(definition, options);
  const { rules } = definition;
  return rules.by === "data-path"
    ? new DataPathBalancer(policy, rules, backends, options)
    : new ModelBalancer(policy, rules, backends, options);
}
