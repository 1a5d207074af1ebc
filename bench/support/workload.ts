/** What every benchmark says about a piece of work; what it consists of is the benchmark's own. */
export interface Workload {
  /** Stable: names the workload in results and goals. */
  readonly id: string;
  readonly title: string;
  /** `µs` of CPU or `KiB` of resident memory, per operation. Memory is measured in a freshly started balancer. */
  readonly unit: "µs" | "KiB";
  /** How long it is done before the first round: until V8 has compiled what is used often, Node processes are slower. */
  readonly rehearsalMs: number;
}
