import { expect } from "chai";
import fc from "fast-check";
import type { CookieMode } from "../../src/path/http/options.ts";
import { AffinityRig, cookieSetIn } from "../support/affinity-rig.ts";
import { clusterOf } from "../support/clusters.ts";
import { runs } from "../support/runs.ts";

const IDS = ["a", "app1", "app11", "10.0.0.1:80"];
const CLUSTER = clusterOf(Object.fromEntries(IDS.map((id) => [id, {}])));

/** Parts of Cookie values, most of them ours or nearly so. */
const part = fc.oneof(
  fc.constantFrom("sid=a", "sid=app1", " sid = app11 ", "sid=", "sid", "Sid=a", "xsid=a", "sidx=a", "x=sid=a", "", " "),
  fc.constantFrom("sid=gone", 'sid="a"', "sid=a~v", "sid=gone~x~y", "sid=v.app1", "sid=10.0.0.1:80", "sid=a|b|c|d"),
  fc.string({ unit: fc.constantFrom(...'aZ09 \t,="\\:()\xe9\xff\x80~!'), maxLength: 10 }),
);
const cookieLine = fc.array(part, { maxLength: 6 }).map((parts) => `Cookie: ${parts.join(";")}`);
const otherLine = fc.constantFrom("Accept: */*", "X-Cookie: sid=a", "User-Agent: sid=b", "Cookies: sid=a");
const lines = fc.array(fc.oneof(cookieLine, otherLine), { maxLength: 6 });

const trim = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "");
const fieldValue = (line: string): string => trim(line.slice(line.indexOf(":") + 1));
const isCookie = (line: string): boolean => line.startsWith("Cookie:");
const nameOf = (pair: string): string | undefined =>
  pair.includes("=") ? trim(pair.slice(0, pair.indexOf("="))) : undefined;
const pairsOf = (line: string): string[] => fieldValue(line).split(";");

const mode = fc.constantFrom<CookieMode>("insert", "passive", "prefix", "route", "learn", "off");
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("affinity, whatever the client sends", () => {
  it("hides every pair of ours from the backend, and nothing else", () => {
    fc.assert(
      fc.property(lines, (given) => {
        const { forwarded } = new AffinityRig(CLUSTER).ask(given);
        const expected = given.flatMap((line) => {
          if (!isCookie(line)) return [line];
          const pairs = pairsOf(line);
          if (!pairs.some((pair) => nameOf(pair) === "sid")) return [line];
          const rest = pairs.filter((pair) => nameOf(pair) !== "sid" && trim(pair) !== "");
          return rest.length === 0 ? [] : [`Cookie: ${trim(rest.join(";"))}`];
        });
        // Blanks around a value are no part of it, and may stay.
        const plain = (line: string): string => (isCookie(line) ? `Cookie: ${fieldValue(line)}` : line);
        expect(forwarded.map(plain)).to.deep.equal(expected.map(plain));
      }),
      { numRuns: runs(600) },
    );
  });

  it("changes nothing in the other modes but the prefixes of its cookie", () => {
    fc.assert(
      fc.property(mode, lines, (which, given) => {
        fc.pre(which !== "insert");
        const { forwarded } = new AffinityRig(CLUSTER, { mode: which }).ask(given);
        const plain = (pair: string): string => {
          if (which !== "prefix" || nameOf(pair) !== "sid") return pair;
          const value = pair.indexOf("=") + 1;
          const delimiter = pair.indexOf("~", value);
          if (delimiter < 0) return pair;
          const blank = pair.slice(value).length - pair.slice(value).replace(/^[ \t]+/, "").length;
          return pair.slice(0, value + blank) + pair.slice(delimiter + 1);
        };
        const values = given.filter(isCookie).map((line) => pairsOf(line).map(plain).join(";"));
        expect(forwarded.filter(isCookie).map(fieldValue)).to.deep.equal(values.map(trim));
        const others = (all: readonly string[]): string[] => all.filter((line) => !isCookie(line));
        expect(others(forwarded)).to.deep.equal(others(given));
      }),
      { numRuns: runs(600) },
    );
  });

  it("never binds it to a backend that is not in the list, and always places it", () => {
    fc.assert(
      fc.property(mode, lines, (which, given) => {
        const rig = new AffinityRig(CLUSTER, { mode: which, newSessionHintMs: 2000 });
        const { binding } = rig.ask(given);
        if (binding.bound !== undefined) expect(binding.bound).to.be.oneOf(IDS);
        expect(binding.received === "valid" || binding.bound === undefined).to.equal(true);
        const choice = rig.place(binding);
        if (choice.kind !== "chosen") throw new Error(choice.kind);
        if (binding.bound !== undefined) expect(choice.member.backend.id).to.equal(binding.bound);
      }),
      { numRuns: runs(600) },
    );
  });

  it("sets our cookie at most once, and only when the client does not have it", () => {
    const own = fc.subarray(["Set-Cookie: sid=evil", "Set-Cookie: x=1", "Set-Cookie: sid=; Max-Age=0", "X: y"]);
    fc.assert(
      fc.property(lines, own, fc.boolean(), (given, fromBackend, preserve) => {
        const rig = new AffinityRig(CLUSTER, { preserve });
        const visit = rig.visit(given, {}, fromBackend);
        const ours = visit.lines.filter((line) => line.startsWith("Set-Cookie: sid="));
        const backends = fromBackend.filter((line) => line.startsWith("Set-Cookie: sid="));
        if (preserve && backends.length > 0) expect(ours).to.deep.equal(backends);
        else expect(ours).to.have.lengthOf(visit.received === "valid" ? 0 : 1);
        expect(visit.lines.filter((line) => !ours.includes(line) && line !== "Cache-Control: private")).to.deep.equal(
          fromBackend.filter((line) => !backends.includes(line)),
        );
      }),
      { numRuns: runs(400) },
    );
  });
});

describe("a binding", () => {
  /** What an application does that names its backend in its session id. */
  const sessionOf = (which: CookieMode, backend: string): readonly string[] => {
    if (which === "route") return [`Set-Cookie: sid=4F2A.${backend}; Path=/`];
    return which === "prefix" || which === "learn" ? [`Set-Cookie: sid=4F2A-${backend}; Path=/`] : [];
  };
  const sticky = fc.constantFrom<CookieMode>("insert", "prefix", "route", "learn");

  it("comes back to its backend in every mode, whatever else has happened to the cluster", () => {
    const options = fc.record({
      value: fc.constantFrom("opaque" as const, "id" as const),
      idleMs: fc.constantFrom(0, 3_600_000),
      lifeMs: fc.constantFrom(0, 36_000_000),
    });
    fc.assert(
      fc.property(sticky, options, fc.nat(3), fc.nat(1_800_000), (which, how, index, waitMs) => {
        const rig = new AffinityRig(CLUSTER, { mode: which, ...how });
        const backend = IDS[index] ?? "";
        const { lines: answer } = rig.answer(rig.ask([]).binding, backend, sessionOf(which, backend));
        rig.clock.advance(waitMs);
        rig.publisher.publish(
          clusterOf(
            { z: {}, ...Object.fromEntries(IDS.map((id) => [id, { ejected: id !== backend }])) },
            { version: 2 },
          ),
        );
        const visit = rig.visit([`Cookie: ${cookieSetIn(answer)}`]);
        expect(visit).to.deep.include({ backend, reason: "sticky", received: "valid" });
      }),
      { numRuns: runs(200) },
    );
  });

  it("outlives every rotation of secrets that keeps its own", () => {
    fc.assert(
      fc.property(fc.uniqueArray(secret, { minLength: 2, maxLength: 4, comparator: same }), fc.nat(), (ring, index) => {
        const own = ring[index % ring.length] ?? new Uint8Array();
        const rig = new AffinityRig(CLUSTER, { value: "opaque" }, [own]);
        const first = rig.visit([]);
        rig.affinity.configure(ring);
        const then = rig.visit([`Cookie: ${cookieSetIn(first.lines)}`]);
        expect(then).to.deep.include({ backend: first.backend, received: "valid" });
        expect(then.out).to.equal(own === ring[0] ? "none" : "updated");
        rig.affinity.configure(ring.filter((one) => one !== own));
        expect(rig.visit([`Cookie: ${cookieSetIn(first.lines)}`]).received).to.equal("unknown");
      }),
      { numRuns: runs(60) },
    );
  });
});

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
