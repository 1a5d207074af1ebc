import { expect } from "chai";
import type { Cause, EndedBy, Phase } from "../../../src/model/connection-record.ts";
import type { CookieIn, CookieOut } from "../../../src/model/request-record.ts";
import type { Side } from "../../../src/path/relay.ts";
import { requestLetters } from "../../../src/path/request-termination.ts";

type Row = readonly [EndedBy, Phase, CookieIn, CookieOut, letters: string, waitingFor?: Side];

/**
 * What HAProxy's documentation (configuration.txt, 8.5) calls these ends; where it leaves a choice, what HAProxy 2.6 logs.
 * One entry a cause: the compiler refuses the table when one is missing.
 */
const table: Readonly<Record<Cause, readonly Row[]>> = {
  finished: [
    ["backend", "relay", "off", "off", "----"],
    ["backend", "relay", "none", "none", "--NN"],
    ["backend", "relay", "none", "inserted", "--NI"],
    ["backend", "relay", "valid", "none", "--VN"],
    ["backend", "relay", "valid", "updated", "--VU"],
    ["backend", "relay", "valid", "inserted", "--VI"], // connecting failed, another backend took it
    ["backend", "relay", "invalid", "inserted", "--II"],
    ["backend", "relay", "unknown", "inserted", "--II"],
    ["backend", "relay", "down", "inserted", "--DI"],
    ["backend", "relay", "expired", "inserted", "--EI"],
    ["backend", "relay", "old", "inserted", "--OI"],
    ["backend", "relay", "unused", "none", "--UN"],
    ["backend", "relay", "none", "provided", "--NP"],
    ["backend", "relay", "none", "rewritten", "--NR"],
    ["backend", "relay", "valid", "deleted", "--VD"],
    ["client", "relay", "valid", "none", "--VN"], // a tunnel that the client ended
  ],
  "bad-request": [
    ["balancer", "request", "none", "none", "PR--"], // nobody has looked for a cookie
    ["client", "request", "off", "off", "PR--"],
    ["balancer", "choose", "valid", "none", "PRVN"], // its body, before it was sent anywhere
    ["balancer", "connect", "valid", "none", "PRVN"],
    ["balancer", "response", "valid", "none", "PHVN"], // its body, before the answer
    ["balancer", "relay", "valid", "none", "PDVN"], // its body, after the head of the answer
  ],
  "not-http": [["balancer", "request", "off", "off", "PR--"]],
  forbidden: [
    ["balancer", "request", "off", "off", "PR--"],
    ["balancer", "choose", "off", "off", "PR--"],
  ],
  "cookie-refused": [["balancer", "choose", "invalid", "none", "PRIN"]],
  "head-timeout": [["balancer", "request", "none", "none", "cR--"]],
  "keep-alive-timeout": [["balancer", "request", "none", "none", "----"]],
  "response-timeout": [["balancer", "response", "valid", "none", "sHVN", "backend"]],
  "backend-closed": [["backend", "response", "valid", "none", "SHVN"]],
  "bad-response": [
    ["backend", "response", "valid", "none", "PHVN"],
    ["balancer", "response", "none", "none", "PHNN"],
    ["backend", "relay", "none", "inserted", "PDNI"],
  ],
  "response-cut": [["backend", "relay", "none", "inserted", "SDNI"]],
  reset: [
    ["client", "request", "none", "none", "CR--"],
    ["client", "choose", "valid", "none", "CQVN"],
    ["client", "connect", "valid", "none", "CCVN"],
    ["client", "response", "valid", "none", "CHVN"],
    ["client", "relay", "valid", "none", "CDVN"],
    ["backend", "response", "valid", "none", "SHVN"],
    ["backend", "relay", "valid", "none", "SDVN"],
  ],
  "closed-early": [
    ["client", "request", "none", "none", "CR--"],
    ["client", "response", "valid", "none", "CHVN"],
    ["client", "relay", "valid", "none", "CDVN"], // in the middle of its body
  ],
  "idle-timeout": [
    ["balancer", "response", "valid", "none", "cHVN", "client"], // a body that does not come
    ["balancer", "relay", "valid", "none", "cDVN", "client"],
    ["balancer", "relay", "valid", "none", "sDVN", "backend"],
  ],
  "half-closed-timeout": [
    ["balancer", "relay", "valid", "none", "cDVN", "client"],
    ["balancer", "relay", "valid", "none", "sDVN", "backend"],
  ],
  denied: [["balancer", "identify", "off", "off", "PR--"]],
  "connection-limit": [["balancer", "accept", "off", "off", "PR--"]],
  "client-limit": [["balancer", "identify", "off", "off", "PR--"]],
  "client-rate": [["balancer", "identify", "off", "off", "PR--"]],
  "proxy-header-missing": [["balancer", "identify", "off", "off", "PR--"]],
  "proxy-header-malformed": [["balancer", "identify", "off", "off", "PR--"]],
  "proxy-header-untrusted": [["balancer", "identify", "off", "off", "PR--"]],
  "proxy-header-timeout": [["balancer", "identify", "off", "off", "cR--"]],
  "no-backends": [["balancer", "choose", "none", "none", "SCNN"]],
  "none-eligible": [["balancer", "choose", "down", "none", "SCDN"]],
  "home-down": [["balancer", "choose", "down", "none", "SCDN"]],
  "home-full": [["balancer", "choose", "valid", "none", "PQVN"]],
  "queue-timeout": [["balancer", "choose", "valid", "none", "sQVN"]],
  "connect-refused": [["backend", "connect", "valid", "none", "SCVN"]],
  "connect-reset": [["backend", "connect", "valid", "none", "SCVN"]],
  "connect-timeout": [["backend", "connect", "valid", "none", "sCVN"]],
  "connect-unreachable": [["backend", "connect", "valid", "none", "SCVN"]],
  "name-not-found": [["backend", "connect", "valid", "none", "SCVN"]],
  "source-address": [["balancer", "connect", "valid", "none", "RCVN"]],
  "out-of-descriptors": [["balancer", "connect", "valid", "none", "RCVN"]],
  "out-of-memory": [
    ["balancer", "connect", "valid", "none", "RCVN"],
    ["client", "relay", "valid", "none", "RDVN"],
  ],
  "timed-out": [
    ["client", "relay", "valid", "none", "CDVN"],
    ["backend", "response", "valid", "none", "SHVN"],
  ],
  unreachable: [
    ["client", "response", "valid", "none", "CHVN"],
    ["backend", "relay", "valid", "none", "SDVN"],
  ],
  "backend-went-down": [
    ["backend", "response", "valid", "none", "DHVN"],
    ["backend", "relay", "valid", "none", "DDVN"],
  ],
  "drain-deadline": [["operator", "relay", "valid", "none", "KDVN"]],
  shutdown: [
    ["operator", "request", "none", "none", "KR--"],
    ["operator", "response", "valid", "none", "KHVN"],
    ["operator", "relay", "valid", "none", "KDVN"],
  ],
  "unknown-error": [
    ["balancer", "response", "valid", "none", "IHVN"],
    ["backend", "relay", "valid", "none", "SDVN"],
  ],
};

const entries = Object.entries(table) as [Cause, readonly Row[]][];

describe("termination letters of a request", () => {
  for (const [cause, rows] of entries) {
    it(cause, () => {
      for (const [endedBy, phase, cookieIn, cookieOut, letters, waitingFor = "client"] of rows) {
        const found = requestLetters({ cause, endedBy, phase, waitingFor }, cookieIn, cookieOut);
        expect(found, `by ${endedBy} during ${phase}, ${cookieIn}/${cookieOut}`).to.equal(letters);
      }
    });
  }

  it("are those of HAProxy's alphabet, for every combination", () => {
    const enders: readonly EndedBy[] = ["client", "backend", "balancer", "operator"];
    const phases: readonly Phase[] = ["accept", "identify", "request", "choose", "connect", "response", "relay"];
    let seen = 0;
    for (const [cause] of entries) {
      for (const endedBy of enders) {
        for (const phase of phases) {
          for (const waitingFor of ["client", "backend"] as const) {
            const letters = requestLetters({ cause, endedBy, phase, waitingFor }, "valid", "none");
            expect(letters, `${cause} by ${endedBy} during ${phase}`).to.match(/^(--|[CSPRIDKcs][RQCHD])(VN|--)$/);
            seen++;
          }
        }
      }
    }
    expect(seen).to.be.greaterThan(40 * 4 * 7);
  });

  it("begin with -- for nothing but an end in good order", () => {
    const normal = entries.filter(([, rows]) => rows.some(([, , , , letters]) => letters.startsWith("--")));
    expect(normal.map(([cause]) => cause)).to.have.members(["finished", "keep-alive-timeout"]);
  });
});
