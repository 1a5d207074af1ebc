import type { Backend } from "../../model/backend.ts";
import { accept, inOrder, type Reading, type Refusal } from "../reading.ts";

/** A backend as written: without `max=` its ceiling comes from BACKEND_MAX_CONNECTIONS. */
export interface BackendDraft extends Omit<Backend, "maxConnections"> {
  readonly maxConnections: number | undefined;
}

/** An element of a list, not yet read. */
export interface BackendElement {
  /** As written. */
  readonly text: string;
  /** Appended to the name of the list: `[2]`, or `:7` for a line of a file. */
  readonly at: string;
}

/** A backend and where it stands. */
export interface ListedBackend extends BackendElement {
  readonly draft: BackendDraft;
}

/** Puts what was read together: every refusal, also of ids that are used twice among the backends that are well. */
export function listBackends(
  elements: readonly (BackendElement & { readonly reading: Reading<BackendDraft> })[],
): Reading<readonly ListedBackend[]> {
  const backends: ListedBackend[] = [];
  const refusals: Refusal[] = [];
  for (const { text, at, reading } of elements) {
    if (reading.ok) backends.push({ draft: reading.value, at, text });
    else refusals.push(...reading.refusals.map((refusal) => ({ value: text, ...refusal, at })));
  }
  refusals.push(
    ...duplicateIds(backends, ({ at }) => at).map(({ backend, ...rest }) => ({
      ...rest,
      value: backend.text,
      at: backend.at,
    })),
  );
  return refusals.length === 0 ? accept(backends) : { ok: false, refusals: inOrder(refusals) };
}

/** Backends whose id an earlier one has: the id is what is hashed, so the two would be one. `name` says where one stands. */
export function duplicateIds<B extends { readonly draft: BackendDraft }>(
  backends: readonly B[],
  name: (backend: B) => string,
): readonly { readonly backend: B; readonly problem: string; readonly hint: string }[] {
  const first = new Map<string, B>();
  return backends.flatMap((backend) => {
    const { id, host, port } = backend.draft;
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, backend);
      return [];
    }
    const same = earlier.draft.host === host && earlier.draft.port === port;
    const hint = same ? "remove one of the two; weight= gives a backend more clients" : "give it another id";
    return [{ backend, problem: `the id "${id}" is already used by ${name(earlier)}`, hint }];
  });
}
