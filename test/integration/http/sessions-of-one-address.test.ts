import { expect } from "chai";
import { MIN_HEAVY_CONNECTIONS } from "../../../src/path/nat-split.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { BoundSession, CHECKED } from "../../support/http/bound-session.ts";
import { seenIn } from "../../support/http/web-backend.ts";

/** All come from 127.0.0.1, so only their cookies tell them apart. */
const SESSIONS = Array.from({ length: 12 }, (_, i) => `s=session${i}`);

/** Where a word of the request is hashed instead of its client's address. */
const BY_THEIR_OWN_WORD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  passive: { COOKIE_MODE: "passive" },
  "prefix, without one yet": { COOKIE_MODE: "prefix" },
  "route that names nobody": { COOKIE_MODE: "route" },
  "learn, nothing learned yet": { COOKIE_MODE: "learn", LEARN_FROM: "cookie:s" },
  "HASH_KEY=cookie:s": { COOKIE_MODE: "off", HASH_KEY: "cookie:s" },
};

describe("http mode, many sessions behind one address", () => {
  const later = closeAfterEach();

  for (const [what, flags] of Object.entries(BY_THEIR_OWN_WORD)) {
    it(`${what}: an overflow moves the session that it befell, which stays there, and no other`, async () => {
      const scene = await BoundSession.start(later, flags, { options: ["max=1", "max=1", "max=1"] });
      const homes = new Map<string, string | undefined>();
      for (const cookie of SESSIONS) homes.set(cookie, (await scene.come({ cookie })).record.backend);
      expect(new Set(homes.values()).size, "sessions are spread").to.equal(3);
      const [unlucky = "", ...others] = SESSIONS;
      const held = await scene.occupy(unlucky);
      const moved = await scene.come({ cookie: unlucky });
      expect(moved.record).to.include({ reason: "overflow", home: homes.get(unlucky) });
      held.release();
      await held.client.answer();
      for (const cookie of others) {
        expect((await scene.come({ cookie })).record, cookie).to.include({
          backend: homes.get(cookie),
          reason: "home",
        });
      }
      const again = (await scene.come({ cookie: unlucky })).record;
      // What was learned from its requests binds it as well.
      expect(again.backend).to.equal(moved.record.backend);
      expect(again.reason).to.equal("pinned");
    });

    it(`${what}: NAT_SPLIT takes no session apart, however many connections its address has`, async () => {
      const scene = await BoundSession.start(later, { ...flags, NAT_SPLIT: "3", NAT_SPLIT_SHARE: "0.1" });
      for (let i = 0; i < 2 * MIN_HEAVY_CONNECTIONS; i++)
        await (await scene.lengket.open()).ask({ fields: ["Cookie: s=crowd"] });
      for (const cookie of SESSIONS) {
        const backends = new Set<string>();
        for (let i = 0; i < 4; i++) backends.add(seenIn((await scene.come({ cookie })).received).backend);
        expect(backends.size, cookie).to.equal(1);
      }
    });
  }
});

describe("http mode, ON_DOWN and requests that belong nowhere", () => {
  const later = closeAfterEach();
  const ADDRESSES = Array.from({ length: 20 }, (_, i) => `127.0.1.${i + 1}`);

  for (const onDown of ["reject", "wait"]) {
    it(`${onDown}: a new session that the hash would place on a backend that is down goes elsewhere`, async () => {
      const flags = { ...CHECKED, ON_DOWN: onDown, NEW_SESSION: "hash" };
      const scene = await BoundSession.start(later, flags);
      await scene.takeDown();
      for (const fields of [[], ["Cookie: s=app9"]]) {
        for (const from of ADDRESSES) {
          expect((await scene.lengket.ask({ fields }, from)).status, `${from} ${fields}`).to.equal(200);
        }
      }
    });

    for (const [what, flags] of Object.entries(BY_THEIR_OWN_WORD)) {
      // There the hash is all that a session has, so its place is where it belongs.
      if (what === "passive" || what.startsWith("HASH_KEY")) continue;
      it(`${onDown}: ${what}: any other backend will do`, async () => {
        const scene = await BoundSession.start(later, { ...CHECKED, ...flags, ON_DOWN: onDown });
        await scene.takeDown();
        for (const cookie of SESSIONS) expect((await scene.come({ cookie })).received.status, cookie).to.equal(200);
      });
    }
  }

  it("reject: where the hash alone says where a session belongs, it is about that backend", async () => {
    for (const what of ["passive", "HASH_KEY=cookie:s"]) {
      const scene = await BoundSession.start(later, { ...CHECKED, ...BY_THEIR_OWN_WORD[what], ON_DOWN: "reject" });
      await scene.takeDown();
      const statuses = new Set<number>();
      for (const cookie of SESSIONS) statuses.add((await scene.come({ cookie })).received.status);
      expect([...statuses].sort(), what).to.deep.equal([200, 503]);
    }
  });
});
