import { createRequire } from "node:module";
import { DEFAULT_REQUEST_HEAD_LIMITS } from "../../src/http/message-limits.ts";
import { RequestScanner } from "../../src/http/request-scanner.ts";

/** Reads request heads that are whole. */
export interface HeadScanner {
  /** Stable: names it in the results. */
  readonly name: string;
  readonly title: string;
  /** @throws Error when the head was not understood */
  scan(head: Buffer): void;
}

/** Node's binding of llhttp, as far as it is used here. */
interface HttpParser {
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  /** The hooks are numbered: kOnHeadersComplete, kOnMessageComplete. */
  [hook: number]: unknown;
}

interface HttpParserClass {
  new (): HttpParser;
  readonly REQUEST: number;
  readonly kOnHeadersComplete: number;
  readonly kOnMessageComplete: number;
}

/** All that can be measured, the yardstick first: llhttp as Node's http module uses it. */
export function headScanners(): readonly HeadScanner[] {
  return [
    llhttp("llhttp-fields", "llhttp, fields as strings", true),
    llhttp("llhttp", "llhttp alone", false),
    requestScanner(),
  ];
}

function requestScanner(): HeadScanner {
  const scanner = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
  return {
    name: "request-scanner",
    title: "RequestScanner",
    scan: (head) => {
      if (scanner.scan(head, 0, head.length) !== "head") throw new Error("RequestScanner does not take this head");
    },
  };
}

/**
 * @param fields the method, the target and all fields are made into strings for a callback, as `http.createServer` has
 *   them; otherwise the bytes are only checked and the framing decided
 */
function llhttp(name: string, title: string, fields: boolean): HeadScanner {
  // The same object that `process.binding("http_parser")` would give, without its warning.
  const { HTTPParser } = createRequire(import.meta.url)("_http_common") as { readonly HTTPParser: HttpParserClass };
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  let heads = 0;
  parser[HTTPParser.kOnMessageComplete] = () => {
    heads++;
  };
  if (fields) parser[HTTPParser.kOnHeadersComplete] = () => 0;
  return {
    name,
    title,
    scan: (head) => {
      const before = heads;
      const result = parser.execute(head);
      if (result !== head.length || heads !== before + 1) throw new Error(`llhttp does not take this head: ${result}`);
    },
  };
}
