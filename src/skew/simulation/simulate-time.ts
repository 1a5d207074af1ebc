import { comparedPolicy } from "../policies/compared-policies.ts";
import type { ComparedBackend, ComparedPolicy } from "../policies/compared-policy.ts";
import { createPolicyBalancer } from "../policies/create-policy-balancer.ts";
import { defaultPolicyOptions, type PolicyOptions } from "../policies/policy-options.ts";
import type { Population } from "../populations/population.ts";
import { type Course, courseOf } from "./course.ts";
import { checkTimePlan } from "./create-time-plan.ts";
import { replay } from "./replay.ts";
import type { TimePlan } from "./time-plan.ts";
import type { TimeFigures, TimeStudy } from "./time-study.ts";
import { buildWorkload, type Workload } from "./workload.ts";

/**
 * Simulates `population` in time: sessions come, make connections with pauses between them, and go, while backends fail, drain,
 * return and join. The sessions are made once and played to every policy, so all are compared on the same ones. Connections
 * are placed by the policies themselves: ours by the data path's own `choose`, with its ledger and pins.
 *
 * The same arguments give the same study on every engine.
 *
 * @param backends - at the start, in the order of the configuration
 * @param policyNames - of `comparedPolicies`
 * @param options - of the policies; their seed is the plan's
 * @throws RangeError for an unknown policy, a plan that cannot be carried out, and a population with nobody in it. A policy that
 * does not accept the backends is told of in its figures.
 */
export function simulateTime(
  population: Population,
  backends: readonly ComparedBackend[],
  policyNames: readonly string[],
  plan: TimePlan,
  options: Omit<PolicyOptions, "hashSeed"> = defaultPolicyOptions,
): TimeStudy {
  const policies = policyNames.map(known);
  checkTimePlan(plan, backends);
  const course = courseOf(plan, backends);
  const workload = buildWorkload(population, plan);
  return {
    seed: plan.seed,
    lengthMs: plan.lengthMs,
    warmUpMs: plan.warmUpMs,
    backends: course.backends,
    changes: course.changes,
    sessions: workload.clientOf.length,
    connections: workload.sessionOf.length,
    policies: policies.map((policy) => figuresOf(policy, workload, course, { ...options, hashSeed: plan.seed })),
  };
}

function known(name: string): ComparedPolicy {
  const policy = comparedPolicy(name);
  if (policy === undefined) throw new RangeError(`there is no policy ${JSON.stringify(name)}`);
  return policy;
}

function figuresOf(policy: ComparedPolicy, workload: Workload, course: Course, options: PolicyOptions): TimeFigures {
  const impossible = whyImpossible(policy, course, options);
  if (impossible !== undefined) {
    const none = { sessions: undefined, stickiness: undefined, byTime: undefined };
    return { policy, impossible, ...none, peakOverFairShare: undefined, series: undefined };
  }
  const balancer = createPolicyBalancer(policy.name, course.backends.slice(0, course.atStart), options);
  return { policy: balancer.policy, impossible, ...replay(workload, course, balancer) };
}

/** All backends are tried at once, so that nobody is turned away in the middle of the simulation. */
function whyImpossible({ name }: ComparedPolicy, { backends }: Course, options: PolicyOptions): string | undefined {
  try {
    createPolicyBalancer(name, backends, options);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
