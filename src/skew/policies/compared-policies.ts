import type { ComparedPolicy } from "./compared-policy.ts";
import { describePolicy, policyDefinitions } from "./policy-definitions.ts";
import { defaultPolicyOptions, type PolicyOptions } from "./policy-options.ts";

/** Every policy that can be compared, ours first, with the configuration that the default options mean. */
export const comparedPolicies: readonly ComparedPolicy[] = Object.freeze(
  policyDefinitions().map((definition) => describePolicy(definition, defaultPolicyOptions)),
);

/** The policy of that name, with the configuration that `options` mean; undefined when there is none. */
export function comparedPolicy(
  name: string,
  options: PolicyOptions = defaultPolicyOptions,
): ComparedPolicy | undefined {
  const definition = policyDefinitions().find((candidate) => candidate.name === name);
  return definition && describePolicy(definition, options);
}
