/**
 * Lengket as a library: the balancer, and the pure parts that others may want by themselves. Importing this has no effect.
 */
export { type Balancer, type BalancerParts, createBalancer } from "./balancer.ts";
export { ListenError } from "./compose/listen-error.ts";
export type { Configuration } from "./config/configuration.ts";
export { type ConfigurationSources, readConfiguration } from "./config/read-configuration.ts";
export type { Settings } from "./config/settings.ts";
export type { DrainReport, DrainStage } from "./control/process-drain.ts";
export type { ReloadReport } from "./control/reload-report.ts";
export { movedShare } from "./hashing/moved-share.ts";
export { keyHash } from "./hashing/murmur3.ts";
export { buildTable, defaultTableOptions, type TableOptions } from "./hashing/registry.ts";
export type { Backend, BackendId, Health, HealthTarget, Lifecycle } from "./model/backend.ts";
export type { ChoiceReason } from "./model/choice.ts";
export type { Cidr } from "./model/cidr.ts";
export type { ClientKey, Endpoint } from "./model/client-key.ts";
export type { Cause, ConnectionRecord, EndedBy, Phase } from "./model/connection-record.ts";
export { ConfigError, type ConfigProblem, InvariantError } from "./model/failure.ts";
export type { HashPolicy, HashTable, TableEntry, TableLocation } from "./model/hash-table.ts";
export type { ListenAddress, ListenPlace } from "./model/listen-address.ts";
export type { CookieIn, CookieOut, RequestRecord } from "./model/request-record.ts";
export type { ClusterSnapshot, Member, Tier } from "./model/snapshot.ts";
export type { Log } from "./observe/log.ts";
export { addressBytes, clientKey, type KeyOptions } from "./path/client-address.ts";
export { decodeProxyHeader } from "./proxy-protocol/decode.ts";
export { type EncodeV2Options, encodeProxyV1, encodeProxyV2 } from "./proxy-protocol/encode.ts";
export type { DecodeResult, ProxyHeader, Tlv } from "./proxy-protocol/header.ts";
export { type HeavyHitter, HeavyHitters } from "./skew/heavy-hitters.ts";
export {
  type CountedLog,
  defaultReadLogOptions,
  type ReadLogOptions,
  readLog,
  readLogFile,
} from "./skew/logs/read-log.ts";
export {
  addressFloor,
  type Concentration,
  concentration,
  heaviestBackendLoad,
  theoreticalCv,
} from "./skew/measures/concentration.ts";
export { type Evenness, evenness } from "./skew/measures/evenness.ts";
export { LoadOverTime } from "./skew/measures/load-over-time.ts";
export { type Change, type Remap, remap } from "./skew/measures/remap.ts";
export { leastOverflow, type Stickiness, StickinessMeter } from "./skew/measures/stickiness.ts";
export { comparedPolicies } from "./skew/policies/compared-policies.ts";
export type { ComparedBackend, ComparedPolicy, PolicyBalancer, Visit } from "./skew/policies/compared-policy.ts";
export { createPolicyBalancer } from "./skew/policies/create-policy-balancer.ts";
export { defaultPolicyOptions, type PolicyOptions } from "./skew/policies/policy-options.ts";
export { buildPopulation } from "./skew/populations/build-population.ts";
export { builtInPopulations } from "./skew/populations/built-in.ts";
export { populationOfLog } from "./skew/populations/from-log.ts";
export type { Population, PopulationPlan } from "./skew/populations/population.ts";
export { readPopulationPlan } from "./skew/populations/read-plan.ts";
export { createTimePlan } from "./skew/simulation/create-time-plan.ts";
export { simulateTime } from "./skew/simulation/simulate-time.ts";
export type { TimePlan } from "./skew/simulation/time-plan.ts";
export type { TimeStudy } from "./skew/simulation/time-study.ts";
export type { PlacementStudy } from "./skew/study/placement-study.ts";
export {
  defaultPlacementStudyOptions,
  type PlacementStudyOptions,
  studyPlacement,
} from "./skew/study/study-placement.ts";
