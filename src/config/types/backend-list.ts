import { type Reading, splitList } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";
import { readBackend } from "./backend.ts";
import { type BackendElement, type ListedBackend, listBackends } from "./backend-draft.ts";
import { readBackendsJson } from "./backend-json.ts";

/** The value of BACKENDS. */
export function backendList(): SettingType<readonly ListedBackend[]> {
  const allowed = "[id=]host:port[;weight=N][;backup][;max=N][;health=[host:port][/path]], joined by commas; or JSON";
  return settingType("backend list", allowed, readBackendList);
}

/** Reads the value of BACKENDS: a list, or JSON when it starts with `[{`. */
export function readBackendList(text: string): Reading<readonly ListedBackend[]> {
  if (/^\[\s*\{/.test(text)) return readBackendsJson(text);
  return readElements(splitList(text).map((element, index) => ({ text: element, at: `[${index}]` })));
}

/** Reads the content of BACKENDS_FILE: one backend a line, `#` comments, or JSON when it starts with `[{`. */
export function readBackendFile(content: string): Reading<readonly ListedBackend[]> {
  const text = content.replace(/^\uFEFF/, "");
  if (/^\s*\[\s*\{/.test(text)) return readBackendsJson(text.trim());
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, ""));
  return readElements(
    lines.flatMap((line, index) => splitList(line).map((element) => ({ text: element, at: `:${index + 1}` }))),
  );
}

function readElements(elements: readonly BackendElement[]): Reading<readonly ListedBackend[]> {
  return listBackends(elements.map((element) => ({ ...element, reading: readBackend(element.text) })));
}
