import { expect } from "chai";
import { ClientInput } from "../../../../src/path/http/client-input.ts";

/** Counts how often it is resumed. */
function rig() {
  const socket = { resumed: 0, resume: () => socket.resumed++ };
  const input = new ClientInput(socket as unknown as ConstructorParameters<typeof ClientInput>[0]);
  return { socket, input };
}

describe("ClientInput", () => {
  it("keeps bytes in the order they came, in memory of their own", () => {
    const { input } = rig();
    const buffer = Buffer.from("..first..");
    input.keep(buffer, 2, 7);
    buffer.fill(0);
    input.keep(Buffer.from("second"), 0, 6);
    expect([input.hasKept, input.take()?.toString()]).to.deep.equal([true, "firstsecond"]);
    expect([input.hasKept, input.take()]).to.deep.equal([false, undefined]);
  });

  it("resumes the socket only when it is held", () => {
    const { socket, input } = rig();
    expect(input.isRead).to.equal(false);
    input.resume();
    input.resume();
    expect([socket.resumed, input.isRead]).to.deep.equal([1, true]);
    expect(input.answered(true)).to.equal(true);
    input.resume();
    expect(socket.resumed).to.equal(1);
    expect(input.answered(false)).to.equal(false);
    input.resume();
    expect([socket.resumed, input.isRead]).to.deep.equal([2, true]);
  });
});
