import type { Random } from "../platform/random.ts";
import { LeastConnections } from "./least-connections.ts";
import type { NewSessionPicker } from "./new-session.ts";
import { SmoothRoundRobin } from "./smooth-round-robin.ts";
import { TwoChoices } from "./two-choices.ts";

/** The picker that NEW_SESSION names; undefined for `hash`: the order of the table. */
export function createPicker(
  kind: "hash" | "least_conn" | "p2c" | "round_robin",
  random: Random,
): NewSessionPicker | undefined {
  switch (kind) {
    case "hash":
      return undefined;
    case "least_conn":
      return new LeastConnections();
    case "p2c":
      return new TwoChoices(random);
    case "round_robin":
      return new SmoothRoundRobin();
  }
}
