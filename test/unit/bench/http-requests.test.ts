import { expect } from "chai";
import { browserRequest, setBrowser } from "../../../bench/http/browser-request.ts";

const COOKIE = "0123456789abcdefghijkl";

function headLines(request: Buffer): readonly string[] {
  return request.toString("latin1").split("\r\n\r\n")[0]?.split("\r\n") ?? [];
}

describe("requests of the HTTP benchmark", () => {
  it("are those of a browser: about 500 bytes, 12 fields, our cookie as the second of three", () => {
    const request = browserRequest({ browser: 7, close: false, cookie: COOKIE });
    expect(request.length).to.be.within(450, 600);
    const [line, ...fields] = headLines(request);
    expect(line).to.equal("GET /pages/1024 HTTP/1.1");
    expect(fields).to.have.lengthOf(12);
    expect(fields).to.include(`Cookie: theme=dark; lengket=${COOKIE}; seen=4d9e1c07`);
    expect(fields).to.include("Connection: keep-alive");
    expect(request.toString("latin1").endsWith("\r\n\r\n")).to.equal(true);
  });

  it("carry no cookie of ours on a first visit, and close when they are to", () => {
    const fields = headLines(browserRequest({ browser: 7, close: true }));
    expect(fields).to.include("Cookie: theme=dark; seen=4d9e1c07");
    expect(fields).to.include("Connection: close");
  });

  it("become those of another browser without changing their length", () => {
    const request = browserRequest({ browser: 7, close: false });
    const other = browserRequest({ browser: 123_456, close: false });
    expect(other.length).to.equal(request.length);
    setBrowser(request, 123_456);
    expect(request.equals(other)).to.equal(true);
    setBrowser(request, 300_000_007);
    expect(request.equals(browserRequest({ browser: 7, close: false })), "eight digits of it").to.equal(true);
  });

  it("upload what they say", () => {
    const body = Buffer.from("as it is");
    const request = browserRequest({ browser: 1, close: false, upload: { offset: 17, body } });
    const lines = headLines(request);
    expect(lines[0]).to.equal("POST /uploads/17 HTTP/1.1");
    expect(lines).to.include("Content-Length: 8");
    expect(request.subarray(-12).toString()).to.equal("\r\n\r\nas it is");
  });
});
