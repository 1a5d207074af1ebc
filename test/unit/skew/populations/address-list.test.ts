import { expect } from "chai";
import { InvariantError } from "../../../../src/model/failure.ts";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";

const v4 = Uint8Array.of(203, 0, 113, 255);
const v6 = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

describe("AddressList", () => {
  const list = AddressList.of([v4, v6, Uint8Array.of(0, 0, 0, 0)]);

  it("gives back the bytes of both families", () => {
    expect(list.length).to.equal(3);
    expect([...list.bytes(0)]).to.deep.equal([...v4]);
    expect([...list.bytes(1)]).to.deep.equal([...v6]);
    expect([...list.bytes(2)]).to.deep.equal([0, 0, 0, 0]);
  });

  it("writes them in canonical form", () => {
    expect(list.text(0)).to.equal("203.0.113.255");
    expect(list.text(1)).to.equal("2001:db8:ffff::1");
  });

  it("shows the network part only when asked", () => {
    expect(list.text(0, { v4: 24, v6: 48 })).to.equal("203.0.113.0/24");
    expect(list.text(1, { v4: 24, v6: 36 })).to.equal("2001:db8:f000::/36");
    expect(list.text(0, { v4: 0, v6: 0 })).to.equal("0.0.0.0/0");
    expect(list.text(1, { v4: 0, v6: 0 })).to.equal("::/0");
  });

  it("has no addresses beyond its ends", () => {
    for (const index of [-1, 3, Number.NaN]) expect(() => list.bytes(index)).to.throw(InvariantError);
  });
});
