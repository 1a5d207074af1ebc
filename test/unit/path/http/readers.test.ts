import { expect } from "chai";
import { DEFAULT_REQUEST_HEAD_LIMITS, DEFAULT_RESPONSE_HEAD_LIMITS } from "../../../../src/http/message-limits.ts";
import { Readers } from "../../../../src/path/http/readers.ts";
import { GET, OK } from "../../../support/http-world.ts";

const readersOf = (): Readers => new Readers(DEFAULT_REQUEST_HEAD_LIMITS, DEFAULT_RESPONSE_HEAD_LIMITS);

/** The text in two reads, of which only the first comes. */
const half = (text: string): [Buffer, number, number] => [Buffer.from(text.slice(0, 9)), 0, 9];

describe("Readers", () => {
  it("lends one that came back again, for requests and for answers", () => {
    const readers = readersOf();
    const [request, response] = [readers.takeRequestReader(), readers.takeResponseReader()];
    expect(readers.takeRequestReader()).to.not.equal(request);
    expect(readers.takeResponseReader()).to.not.equal(response);
    readers.giveRequestReader(request);
    readers.giveResponseReader(response);
    expect([readers.takeRequestReader(), readers.takeResponseReader()]).to.deep.equal([request, response]);
  });

  it("lends it as new, whatever it had read", () => {
    const readers = readersOf();
    const [request, response] = [readers.takeRequestReader(), readers.takeResponseReader()];
    expect([request.read(...half(GET)), request.started]).to.deep.equal(["more", true]);
    expect(response.read(...half(OK))).to.equal("more");
    readers.giveRequestReader(request);
    readers.giveResponseReader(response);
    expect([request.started, request.heldBytes, response.heldBytes]).to.deep.equal([false, 0, 0]);
    expect(readers.takeRequestReader().read(Buffer.from(GET), 0, GET.length)).to.equal("head");
    expect(readers.takeResponseReader().read(Buffer.from(OK), 0, OK.length)).to.equal("head");
  });

  it("keeps 64 of a kind at most, however many heads were under way at once", () => {
    const readers = readersOf();
    const requests = Array.from({ length: 65 }, () => readers.takeRequestReader());
    const responses = Array.from({ length: 65 }, () => readers.takeResponseReader());
    for (const reader of requests) readers.giveRequestReader(reader);
    for (const reader of responses) readers.giveResponseReader(reader);
    const again = [
      requests.map(() => requests.includes(readers.takeRequestReader())),
      responses.map(() => responses.includes(readers.takeResponseReader())),
    ];
    for (const known of again) expect(known.filter((isKnown) => isKnown)).to.have.length(64);
  });
});
