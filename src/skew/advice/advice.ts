import type { LogUnit } from "../logs/line-format.ts";
import { rounded } from "../rounded.ts";
import type { AddressFacts } from "./address-facts.ts";

/** Of the figures. */
const DECIMALS = 4;

/** What somebody should know about a study. */
export type FindingKind =
  /** Too little was counted to judge by. */
  | "little-traffic"
  /** There are more clients than are counted exactly. */
  | "approximate-counts"
  /** One address carries nearly everything: it is a proxy's. */
  | "behind-a-proxy"
  /** A few addresses carry nearly everything: they may be proxies'. */
  | "perhaps-proxies"
  | "one-backend"
  /** A hash of the address is good enough. */
  | "even"
  /** Addresses that carry half a fair share or more. */
  | "heavy-addresses"
  /** No address is heavy, but there are too few of them for chance to even them out. */
  | "few-addresses"
  | "fewer-addresses-than-backends"
  /** Backends of small weight suffer most from a heavy address. */
  | "unequal-weights"
  /** Many addresses of one /24 carry much together, as a carrier's NAT does. */
  | "address-pool"
  /** The clients could be spread more evenly than a method does it. */
  | "uneven-method"
  /** Methods that move far more clients than they need to when a backend leaves. */
  | "moves-needlessly"
  | "short-prefix"
  | "long-prefix"
  | "sticky-cookie"
  | "bounded-load"
  | "nat-split"
  /** What the simulation in time showed. */
  | "over-time";

/** A figure of a finding, rounded to four decimals; shares are 0–1, loads in fair shares. */
export type FindingFigure = number | string | readonly string[];

/** One thing to know, for programs and for people. */
export interface Finding {
  readonly kind: FindingKind;
  readonly figures: Readonly<Record<string, FindingFigure>>;
  /** Plain sentences, each ends with a full stop. */
  readonly sentences: readonly string[];
}

/** Settings that would help, ready to paste. */
export interface SettingsBlock {
  readonly title: string;
  /** `LENGKET_NAME=value`, valid together. */
  readonly lines: readonly string[];
  /** A sentence: what it is good for. */
  readonly why: string;
  /** A sentence or two: what it costs, or what else has to be done. */
  readonly cost: string;
}

/** All that there is to say about a study. */
export interface Advice {
  /** The sentences of all findings, in the order of the findings; unwrapped. */
  readonly verdict: readonly string[];
  readonly findings: readonly Finding[];
  /** The best one first; empty when nothing needs changing. */
  readonly settings: readonly SettingsBlock[];
}

/** What the advice depends on besides the studies. */
export interface AdviceContext {
  /** What was counted. */
  readonly unit: LogUnit;
  /** What the listeners speak; undefined when nobody knows. A cookie needs http. */
  readonly mode: "tcp" | "http" | undefined;
  /** Of the addresses, by {@link addressFacts}. */
  readonly addresses: AddressFacts;
  /** CLIENT_PREFIX_V4 and CLIENT_PREFIX_V6 of the counts. */
  readonly prefixV4: number;
  readonly prefixV6: number;
  /** The largest error of any count; 0 = all are exact. */
  readonly errorAtMost: number;
  /** Addresses are shown as networks, so none of them can be pasted into a setting. */
  readonly masked: boolean;
}

/** A finding with its figures rounded, so that they are the same wherever they are written. */
export function finding(
  kind: FindingKind,
  figures: Readonly<Record<string, FindingFigure | undefined>>,
  sentences: readonly string[],
): Finding {
  const known = Object.entries(figures).flatMap(([name, value]): [string, FindingFigure][] => {
    if (value === undefined) return [];
    return [[name, typeof value === "number" ? rounded(value, DECIMALS) : value]];
  });
  return { kind, figures: Object.fromEntries(known), sentences };
}
