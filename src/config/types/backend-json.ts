import * as z from "zod/mini";
import { nearestName } from "../nearest-name.ts";
import { accept, type Reading, refuse } from "../reading.ts";
import { draft, MAX_CONNECTIONS, MAX_WEIGHT, readBackendId, readHealthTarget } from "./backend.ts";
import { type BackendDraft, type ListedBackend, listBackends } from "./backend-draft.ts";
import { readHostPort } from "./host-port.ts";

const KEYS = ["id", "host", "port", "weight", "backup", "max", "health"] as const;

const EXAMPLE = '{"id":"app1","host":"10.0.0.11","port":3000}';

function wholeNumber(name: string, min: number, max: number) {
  const error = `${name} is not a whole number from ${min} to ${max}`;
  return z.int({ error }).check(z.minimum(min, { error }), z.maximum(max, { error }));
}

/** The shape of one backend. Built when a list is read, so that importing this file costs nothing. */
function backendSchema() {
  return z.strictObject(
    {
      id: z.optional(z.string({ error: "id is not a string" })),
      host: z.string({ error: "host is missing or not a string" }),
      port: wholeNumber("port", 1, 65_535),
      weight: z.optional(wholeNumber("weight", 0, MAX_WEIGHT)),
      backup: z.optional(z.boolean({ error: "backup is not true or false" })),
      max: z.optional(wholeNumber("max", 0, MAX_CONNECTIONS)),
      health: z.optional(z.string({ error: "health is not a string" })),
    },
    { error: (issue) => (issue.code === "unrecognized_keys" ? unknownKeys(issue.keys) : "not an object") },
  );
}

/** Reads `[{"id":"app1","host":"10.0.0.11","port":3000,"weight":2,"backup":true,"max":500,"health":"/ready"}]`. */
export function readBackendsJson(text: string): Reading<readonly ListedBackend[]> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return refuse(`not valid JSON (${error instanceof Error ? error.message : "unknown"})`, `write [${EXAMPLE}]`);
  }
  if (!Array.isArray(list)) return refuse("not a JSON list of backends", `write [${EXAMPLE}]`);
  const schema = backendSchema();
  const elements = list.map((element: unknown, index) => {
    const shape = schema.safeParse(element);
    const reading: Reading<BackendDraft> = shape.success
      ? toDraft(shape.data)
      : {
          ok: false,
          refusals: shape.error.issues.map(({ message }) => ({ problem: message, hint: `write e.g. ${EXAMPLE}` })),
        };
    return { text: JSON.stringify(element), at: `[${index}]`, reading };
  });
  return listBackends(elements);
}

/** The same readers as for the text form, so that both forms mean the same. */
function toDraft(json: z.infer<ReturnType<typeof backendSchema>>): Reading<BackendDraft> {
  const host = json.host.includes(":") && !json.host.startsWith("[") ? `[${json.host}]` : json.host;
  const place = readHostPort(`${host}:${json.port}`, { minPort: 1, hostOptional: false });
  const id = json.id === undefined ? undefined : readBackendId(json.id);
  const health = json.health === undefined ? undefined : readHealthTarget(json.health);
  const refusals = [place, id, health].flatMap((reading) =>
    reading === undefined || reading.ok ? [] : reading.refusals,
  );
  if (!place.ok || refusals.length > 0) return { ok: false, refusals };
  return accept(
    draft(id?.ok ? id.value : place.value.text, place.value, {
      ...(json.weight !== undefined && { weight: json.weight }),
      ...(json.backup !== undefined && { backup: json.backup }),
      maxConnections: json.max,
      ...(health?.ok && { health: health.value }),
    }),
  );
}

function unknownKeys(keys: readonly string[]): string {
  const named = keys.map((key) => {
    const nearest = nearestName(key, KEYS);
    return JSON.stringify(key) + (nearest === undefined ? "" : ` (did you mean "${nearest}"?)`);
  });
  return `unknown key ${named.join(", ")}: only ${KEYS.join(", ")} are allowed`;
}
