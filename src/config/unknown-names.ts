import { editDistance, likelyName } from "./nearest-name.ts";
import { PREFIX } from "./setting.ts";

/** What a variable that is no setting is. */
export type Stranger =
  /** Not ours. */
  | { readonly kind: "foreign" }
  /** Made by Kubernetes for a Service whose name starts with ours: ignored. */
  | { readonly kind: "service-link" }
  /** Ours by its prefix, but there is no such setting. */
  | { readonly kind: "unknown"; readonly nearest: string | undefined }
  /** The prefix is misspelt, the rest is a setting. */
  | { readonly kind: "near-prefix"; readonly nearest: string };

/**
 * The variables that Kubernetes sets in every container for every Service of the namespace
 * (kubernetes.io, "Accessing the Service", environment variables): of a Service named `lengket` or `lengket-admin`
 * they carry our prefix. No setting is ever named LENGKET_PORT, LENGKET_PORT_* or LENGKET_SERVICE_*.
 */
const SERVICE_LINKS = [
  /^LENGKET_PORT$/,
  /^LENGKET_(?:PORT|SERVICE)_/,
  /^LENGKET_[A-Z0-9_]+_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$/,
  /^LENGKET_[A-Z0-9_]+_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/,
] as const;

const SERVICE_URL = /^(?:tcp|udp|sctp):\/\//;

/** Whether Kubernetes made this variable; `LENGKET_HEALTH_PORT=tcp://…` is told by its value. */
export function isServiceLink(name: string, value: string): boolean {
  if (SERVICE_LINKS.some((pattern) => pattern.test(name))) return true;
  return name.startsWith(PREFIX) && name.endsWith("_PORT") && SERVICE_URL.test(value);
}

/** Judges a variable that is no setting. `known` are the names of all settings without the prefix. */
export function judgeStranger(name: string, value: string, known: readonly string[]): Stranger {
  const cut = name.indexOf("_");
  const prefix = name.slice(0, cut + 1);
  const rest = name.slice(cut + 1);
  if (prefix.toUpperCase() !== PREFIX) {
    const near = /^L[A-Z]{4,8}_$/.test(prefix) && editDistance(prefix, PREFIX) <= 2 && known.includes(rest);
    return near ? { kind: "near-prefix", nearest: rest } : { kind: "foreign" };
  }
  if (isServiceLink(name, value)) return { kind: "service-link" };
  return { kind: "unknown", nearest: likelyName(rest, known) };
}
