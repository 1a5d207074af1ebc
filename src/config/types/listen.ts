import type { ListenPlace, Mode, ProxyProtocolIn } from "../../model/listen-address.ts";
import { nearestName } from "../nearest-name.ts";
import {
  accept,
  inOrder,
  lacksElements,
  NO_ELEMENT,
  type Reading,
  type Refusal,
  refuse,
  splitList,
} from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";
import { readHostPort } from "./host-port.ts";
import { type ListenDraft, listenConflicts, type PlacedListener } from "./listen-draft.ts";
import { readInteger } from "./number.ts";
import { readWord } from "./words.ts";

/** The modes there are; `MODE` and the `mode=` of a listener. */
export const MODES = ["tcp", "http"] as const satisfies readonly Mode[];

/** Values of `PROXY_PROTOCOL_IN` and of the `proxy=` of a listener. */
export const PROXY_PROTOCOL_IN = ["off", "optional", "required"] as const satisfies readonly ProxyProtocolIn[];

/** sun_path of Linux has 108 bytes, the last one for the terminator (unix(7)). */
const LONGEST_UNIX_PATH = 107;

const OPTIONS = ["name", "mode", "proxy"] as const;

/** Places to listen at, with options after `;`. */
export function listenList(): SettingType<readonly ListenDraft[]> {
  const allowed = ":port, host:port, [v6]:port, unix:/path, fd:N, systemd; each with ;name= ;mode= ;proxy=";
  return settingType("listen list", allowed, readListenList);
}

function readListenList(text: string): Reading<readonly ListenDraft[]> {
  if (lacksElements(text)) return NO_ELEMENT;
  const placed: PlacedListener[] = [];
  const refusals: Refusal[] = [];
  splitList(text).forEach((element, index) => {
    const at = `[${index}]`;
    const reading = readListen(element);
    if (reading.ok) placed.push({ draft: reading.value, text: element, at });
    else refusals.push(...reading.refusals.map((refusal) => ({ value: element, ...refusal, at })));
  });
  refusals.push(...listenConflicts(placed));
  return refusals.length === 0 ? accept(placed.map(({ draft }) => draft)) : { ok: false, refusals: inOrder(refusals) };
}

/** Reads one listener. */
export function readListen(text: string): Reading<ListenDraft> {
  const [placeText = "", ...options] = text.split(";");
  const place = readPlace(placeText);
  const refusals: Refusal[] = place.ok ? [] : [...place.refusals];
  const found = new Map<(typeof OPTIONS)[number], string>();
  for (const option of options) {
    const [key = "", value = ""] = option.split(/=(.*)/s);
    const known = OPTIONS.find((name) => name === key);
    const problem =
      known === undefined
        ? unknownOption(key)
        : found.has(known)
          ? refuse(`${known}= is given twice`, "keep one of them")
          : readOption(known, value);
    if (known !== undefined) found.set(known, value);
    if (!problem.ok) refusals.push(...problem.refusals);
  }
  if (!place.ok || refusals.length > 0) return { ok: false, refusals };
  const mode = MODES.find((word) => word === found.get("mode"));
  const proxy = PROXY_PROTOCOL_IN.find((word) => word === found.get("proxy"));
  return accept({
    place: place.value,
    placeText: placeKey(place.value),
    name: found.get("name") ?? placeText,
    mode,
    proxy,
  });
}

function readPlace(text: string): Reading<ListenPlace> {
  if (text === "systemd") return accept({ kind: "systemd" });
  if (text.startsWith("unix:")) return readUnixPlace(text);
  if (text.startsWith("fd:")) {
    const fd = readInteger(text.slice("fd:".length), { min: 3, max: 65_535 });
    return fd.ok ? accept({ kind: "fd", fd: fd.value }) : refuse("not a descriptor from 3 to 65535", "write e.g. fd:3");
  }
  if (/^\d+$/.test(text)) return refuse("not an address", `did you mean :${text}?`);
  if (text !== "" && nearestName(text, ["systemd"]) !== undefined) {
    return refuse("not an address", 'did you mean "systemd"?');
  }
  const reading = readHostPort(text.replace(/^\*:/, ":"), { minPort: 0, hostOptional: true });
  if (!reading.ok) return reading;
  return accept({ kind: "tcp", host: reading.value.host || undefined, port: reading.value.port });
}

/** Reads `unix:/path`. */
export function readUnixPlace(text: string): Reading<{ readonly kind: "unix"; readonly path: string }> {
  const path = text.slice("unix:".length);
  if (!path.startsWith("/")) {
    return refuse("the path of a unix socket starts with /", "write e.g. unix:/run/lengket.sock");
  }
  return Buffer.byteLength(path) <= LONGEST_UNIX_PATH
    ? accept({ kind: "unix", path })
    : refuse(`the path of a unix socket is longer than ${LONGEST_UNIX_PATH} bytes`, "choose a shorter one");
}

function readOption(key: (typeof OPTIONS)[number], value: string): Reading<string> {
  if (key === "mode") return readWord(value, MODES);
  if (key === "proxy") return readWord(value, PROXY_PROTOCOL_IN);
  return /^[A-Za-z0-9._-]{1,64}$/.test(value)
    ? accept(value)
    : refuse("a name is 1 to 64 letters, digits, dots, dashes or underscores", "write e.g. name=public");
}

function unknownOption(key: string): Reading<never> {
  const nearest = nearestName(key, OPTIONS);
  return refuse(
    `unknown option ${JSON.stringify(key)}: only ${OPTIONS.join(", ")} are allowed`,
    nearest === undefined ? "write e.g. :8080;name=public;proxy=required" : `did you mean ${nearest}=?`,
  );
}

function placeKey(place: ListenPlace): string {
  switch (place.kind) {
    case "tcp":
      return `${place.host ?? "*"} ${place.port}`;
    case "unix":
      return place.path;
    case "fd":
      return `fd ${place.fd}`;
    case "systemd":
      return "systemd";
  }
}
