import { expect } from "chai";
import { AddressCounts } from "../../../../src/skew/logs/address-counts.ts";
import { type LogFacts, LogReader, type LogReaderOptions } from "../../../../src/skew/logs/log-reader.ts";

const combined = (address: string): string =>
  `${address} - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 5 "-" "-"`;
const tcplog = (address: string): string =>
  `${address}:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0`;

function read(text: string, options: Partial<LogReaderOptions> = {}) {
  const counts = new AddressCounts({ prefixV4: 32, prefixV6: 64, maxClients: 1_000 });
  const reader = new LogReader(counts, { format: undefined, badLinesShown: 2, masked: false, ...options });
  reader.push(Buffer.from(text, "latin1"));
  const facts: LogFacts = reader.end();
  const { addresses, counts: numbers } = counts.clients();
  return { facts, clients: Array.from(numbers, (n, i) => `${addresses.text(i)} ${n}`), total: counts.total };
}

describe("LogReader", () => {
  it("finds out the format, whatever comes first", () => {
    expect(read(`#Version 1\n${combined("10.0.0.1")}\n`).facts.format).to.equal("combined");
    expect(read(`Proxy web started.\n${tcplog("10.0.0.1")}`).facts.format).to.equal("haproxy-tcp");
    expect(read(`${tcplog("10.0.0.1")} "GET / HTTP/1.1"`).facts.format).to.equal("haproxy-http");
    expect(read("10.0.0.1,7\n").facts.format).to.equal("csv");
    const request = '{"kind":"request","client_ip":"10.0.0.1"}';
    const connection = '{"kind":"connection","client_ip":"10.0.0.1"}';
    expect(read(`${connection}\n${request}\n${request}\n`).facts.format).to.equal("lengket-requests");
    expect(read(connection).facts.format).to.equal("lengket-connections");
  });

  it("counts lines by what became of them", () => {
    const unix = tcplog("unix").replace("33313", "1");
    const { facts, clients } = read(
      [
        tcplog("10.0.0.1"),
        "",
        tcplog("10.0.0.2"),
        unix,
        "  \t",
        "junk",
        `${tcplog("10.0.0.3")} "x"`,
        tcplog("10.0.0.1"),
      ].join("\r\n"),
    );
    expect(clients).to.deep.equal(["10.0.0.1 2", "10.0.0.2 1"]);
    expect(facts).to.deep.include({ lines: 6, counted: 3, withoutAddress: 1, passedOver: 1, malformed: 1 });
    expect(facts.badLines).to.deep.equal([{ line: 6, because: "not a line of this format", text: "junk" }]);
  });

  it("shows the first malformed lines only, without anything that a terminal would obey", () => {
    const { facts } = read(["10.0.0.1", "\u001b[31mred", `${"x".repeat(200)}`, "third"].join("\n"));
    expect(facts.malformed).to.equal(3);
    expect(facts.badLines).to.deep.equal([
      { line: 2, because: "not an address", text: "\\x1b[31mred" },
      { line: 3, because: "not an address", text: `${"x".repeat(160)}…` },
    ]);
  });

  it("shows no text when addresses are masked", () => {
    const { facts } = read("10.0.0.1\n10.0.0.2 secret\n", { masked: true });
    expect(facts.badLines).to.deep.equal([{ line: 2, because: "not an address", text: undefined }]);
  });

  it("passes over the head line of a CSV file, and no other", () => {
    const { facts, total } = read("address,count\n10.0.0.1,3\naddress,count\n10.0.0.2\n");
    expect(total).to.equal(4);
    expect(facts).to.include({ passedOver: 1, malformed: 1, counted: 2 });
  });

  it("reads behind a byte order mark, and a last line without end", () => {
    expect(read("\u00ef\u00bb\u00bf10.0.0.1\n10.0.0.1").clients).to.deep.equal(["10.0.0.1 2"]);
  });

  it("does not look at lines of more than 64 KiB", () => {
    const long = (length: number): string => `#${"x".repeat(length - 1)}`;
    const { facts } = read(`10.0.0.1\n${long(65_536)}\n${long(65_537)}\n10.0.0.1\n${long(1_000_000)}`);
    expect(facts).to.include({ lines: 5, counted: 2, passedOver: 1, malformed: 2, bytes: 1_131_093 });
    expect(facts.badLines).to.deep.equal([
      { line: 3, because: "too long", text: "" },
      { line: 5, because: "too long", text: "" },
    ]);
  });

  it("counts nothing of a log that it does not know", () => {
    const { facts, total } = read("once upon a time\nthere was\na log\n");
    expect(facts).to.include({ format: undefined, lines: 3, malformed: 3, counted: 0 });
    expect(total).to.equal(0);
    expect(read("").facts).to.include({ format: undefined, lines: 0, malformed: 0, bytes: 0 });
  });

  it("obeys a format that is asked for", () => {
    const { facts, clients } = read(`${tcplog("10.0.0.1")}\n10.0.0.2,3\n`, { format: "csv" });
    expect(facts).to.include({ format: "csv", passedOver: 1, counted: 1 });
    expect(clients).to.deep.equal(["10.0.0.2 3"]);
  });

  it("adds logs of different formats to the same counts", () => {
    const counts = new AddressCounts({ prefixV4: 32, prefixV6: 64, maxClients: 10 });
    for (const text of ["10.0.0.1,5", combined("10.0.0.1")]) {
      const reader = new LogReader(counts, { format: undefined, badLinesShown: 0, masked: false });
      reader.push(Buffer.from(text));
      expect(reader.end().counted).to.equal(1);
    }
    expect([...counts.clients().counts]).to.deep.equal([6]);
  });
});
