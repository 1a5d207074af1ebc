import type { HealthTarget } from "../../model/backend.ts";
import { nearestName } from "../nearest-name.ts";
import { accept, type Reading, type Refusal, refuse } from "../reading.ts";
import type { BackendDraft } from "./backend-draft.ts";
import { type HostPort, readHostPort } from "./host-port.ts";
import { readInteger } from "./number.ts";

/** Weights of HAProxy and nginx translate one to one: both end at 256 or allow more than anybody needs. */
export const MAX_WEIGHT = 256;

/** The highest ceiling of connections; more than a process can have descriptors. */
export const MAX_CONNECTIONS = 10_000_000;

const OPTIONS = ["weight", "backup", "max", "health"] as const;
type Option = (typeof OPTIONS)[number];

/** The parts that options give. */
type OptionValues = { -readonly [K in "weight" | "backup" | "maxConnections" | "health"]?: BackendDraft[K] };

/** What stands behind a blank or comma where a `;` was meant, as nginx and HAProxy write it. Without a port it is no backend. */
const LONE_OPTION = /^(?:backup|(?:weight|max\w*|fail_timeout)=\d+[a-z]*|health=\/.*)$/i;

/** Reads `[id=]host:port[;weight=N][;backup][;max=N][;health=[host:port][/path]]`. */
export function readBackend(text: string): Reading<BackendDraft> {
  if (LONE_OPTION.test(text)) {
    return refuse(
      "an option stands behind its backend and a ;",
      "write e.g. app1=10.0.0.11:3000;weight=2;backup;max=100",
    );
  }
  const [head = "", ...options] = text.split(";");
  const cut = head.indexOf("=");
  const idText = cut < 0 ? undefined : head.slice(0, cut);
  const id = idText === undefined ? undefined : readBackendId(idText);
  const before = idText ? `${idText}=` : "";
  const place = readPlace(head.slice(cut + 1), before);
  const refusals: Refusal[] = [];
  if (id !== undefined && !id.ok) refusals.push(...id.refusals);
  if (!place.ok) refusals.push(...place.refusals);
  const values: OptionValues = {};
  const seen = new Set<Option>();
  for (const option of options) {
    const reading = readOption(option, values, seen);
    if (!reading.ok) refusals.push(...reading.refusals);
  }
  if (!place.ok || refusals.length > 0) return { ok: false, refusals };
  return accept(draft(id?.ok ? id.value : place.value.text, place.value, values));
}

function readPlace(text: string, before: string): Reading<HostPort> {
  if (/^unix:\D/.test(text)) {
    return refuse(
      "a unix socket cannot be a backend",
      `let the server listen on a port and write e.g. ${before}127.0.0.1:3000`,
    );
  }
  return readHostPort(text, { minPort: 1, hostOptional: false, before });
}

/** Fills in what was left out. */
export function draft(
  id: string,
  place: { readonly host: string; readonly port: number },
  given: OptionValues,
): BackendDraft {
  return {
    id,
    host: place.host,
    port: place.port,
    weight: given.weight ?? 1,
    backup: given.backup ?? false,
    maxConnections: given.maxConnections,
    ...(given.health !== undefined && { health: given.health }),
  };
}

/** A name that is safe in lists, logs and file names of any tool: letters and digits of any script, `. _ : - @ / [ ]`. */
export function readBackendId(text: string): Reading<string> {
  if (/^[\p{L}\p{N}._:@/[\]-]{1,128}$/u.test(text)) return accept(text);
  return refuse("an id is 1 to 128 letters, digits or . _ : - @ /", "write e.g. app1=10.0.0.11:3000");
}

/** Reads `host:port`, `/path`, `host:port/path`, `:port` or `:port/path`. */
export function readHealthTarget(text: string): Reading<HealthTarget> {
  const url = /^([a-z]+:\/\/)(.+)$/i.exec(text);
  if (url !== null) return refuse(`${url[1]} is not wanted here`, `write e.g. health=${withPort(url[2] ?? "")}`);
  const slash = text.indexOf("/");
  const placeText = slash < 0 ? text : text.slice(0, slash);
  const path = slash < 0 ? undefined : text.slice(slash);
  if (path !== undefined && !/^[\x21-\x7e]+$/.test(path))
    return refuse("the path of a check has only visible ASCII characters");
  if (placeText === "") {
    return path === undefined
      ? refuse("health= is empty", "write e.g. health=/ready or health=:8081")
      : accept({ path });
  }
  const place = readHostPort(placeText, { minPort: 1, hostOptional: true, before: "health=" });
  if (!place.ok) return place;
  const { host, port } = place.value;
  return accept({ ...(host !== "" && { host }), port, ...(path !== undefined && { path }) });
}

/** `host:port/path` of what follows the scheme of a URL. */
function withPort(rest: string): string {
  return /^[^/]*:\d+(?:\/|$)/.test(rest) ? rest : rest.replace(/^[^/]*/, "$&:3000");
}

function readOption(text: string, values: OptionValues, seen: Set<Option>): Reading<unknown> {
  const [key = "", value] = text.split(/=(.*)/s);
  const name = OPTIONS.find((option) => option === key);
  if (name === undefined) {
    const nearest = nearestName(key, OPTIONS);
    return refuse(
      `unknown option ${JSON.stringify(key)}: only ${OPTIONS.join(", ")} are allowed`,
      nearest === undefined ? "write e.g. ;weight=2;backup;max=100;health=/ready" : `did you mean ${nearest}?`,
    );
  }
  if (seen.has(name)) return refuse(`${name} is given twice`, "keep one of them");
  seen.add(name);
  switch (name) {
    case "backup":
      if (value !== undefined) return refuse("backup takes no value", "write ;backup");
      values.backup = true;
      return accept(undefined);
    case "weight":
      return keep(readNumber("weight", value, MAX_WEIGHT, 2), (weight) => {
        values.weight = weight;
      });
    case "max":
      return keep(readNumber("max", value, MAX_CONNECTIONS, 500), (max) => {
        values.maxConnections = max;
      });
    case "health":
      return keep(readHealthTarget(value ?? ""), (health) => {
        values.health = health;
      });
  }
}

function readNumber(name: string, text: string | undefined, max: number, example: number): Reading<number> {
  const reading = readInteger(text ?? "", { min: 0, max });
  return reading.ok
    ? reading
    : refuse(`${name} is not a whole number from 0 to ${max}`, `write e.g. ${name}=${example}`);
}

function keep<T>(reading: Reading<T>, store: (value: T) => void): Reading<T> {
  if (reading.ok) store(reading.value);
  return reading;
}
