import { connect, createServer } from "node:net";

// What a first proxy in Node looks like: `a.pipe(b); b.pipe(a)`. A yardstick, not an example: a reset of the client leaves
// its backend connection open for ever unless the two are tied together by hand, as here.
//
// node plain-pipe-proxy.js HOST PORT BACKEND_HOST:BACKEND_PORT…

const [host = "127.0.0.1", port = "0", ...backendTexts] = process.argv.slice(2);
const backends = backendTexts.map((text) => {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
});

createServer({ noDelay: true }, (client) => {
  // Sticky by address as well, in the simplest way: the sum of the address's digits, modulo.
  let sum = 0;
  for (const letter of client.remoteAddress ?? "") sum += letter.charCodeAt(0);
  const chosen = backends[sum % backends.length];
  if (chosen === undefined) throw new Error("no backends");
  const backend = connect({ ...chosen, noDelay: true });
  client.on("error", () => backend.destroy());
  backend.on("error", () => client.destroy());
  client.pipe(backend);
  backend.pipe(client);
}).listen({ host, port: Number(port), backlog: 4096 });
