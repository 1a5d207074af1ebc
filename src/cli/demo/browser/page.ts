import { createHash } from "node:crypto";
import type { BackendId } from "../../../model/backend.ts";
import type { ShopPage } from "../shop.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";

/** Texts that the page is made of; none of them may hold characters that HTML gives a meaning to. */
export interface PageOptions {
  readonly controlUrl: string;
  /** The same shop at a host that has other cookies. */
  readonly otherUrl: string;
  readonly servers: readonly BackendId[];
  readonly items: readonly string[];
  /** Who has the cart beside the reader's. */
  readonly neighbour: string;
  /** So many visitors come at a time. */
  readonly more: number;
}

/** The page of the shop: complete in itself, and allowed to talk to the shop and to `controlUrl` only. */
export function makePage(options: PageOptions): ShopPage {
  const policy = [
    "default-src 'none'",
    `style-src '${sourceHash(pageStyle)}'`,
    `script-src '${sourceHash(pageScript)}'`,
    `connect-src 'self' ${options.controlUrl}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { html: pageHtml(options), policy };
}

/** How Content-Security-Policy names a text inside the page (CSP Level 3, "hash-source"). */
function sourceHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** A drop that sticks. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M8 1c3 4 5 6 5 9a5 5 0 0 1-10 0c0-3 2-5 5-9z' fill='%231f6f5c'/%3E%3C/svg%3E";

function pageHtml(options: PageOptions): string {
  const { controlUrl, otherUrl, servers, neighbour, more } = options;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The shop · Lengket</title>
<link rel="icon" href="${ICON}">
<style>${pageStyle}</style>
</head>
<body data-control="${controlUrl}" data-neighbour="${neighbour}">
<header>
<p class="brand">Lengket <span>demo</span></p>
<h1>A shop on three servers, and your cart in the memory of one</h1>
<p>Lengket brings every visitor back to the server that has the cart, by cookie. Put something in, then kill that server.</p>
</header>
<p id="trouble" class="trouble" role="alert" hidden></p>
<main>
<section class="card you" aria-labelledby="you-title">
<h2 id="you-title">You <small>your browser, with its cookie</small></h2>
${cartHtml("you", "your cart", options)}
</section>
<section class="card news" aria-labelledby="news-title">
<h2 id="news-title">What just happened</h2>
<div id="news" role="status"></div>
</section>
<section class="card neighbour" aria-labelledby="neighbour-title">
<h2 id="neighbour-title">${neighbour} <small>same address as you, another cookie</small></h2>
${cartHtml("neighbour", `the cart of ${neighbour}`, options)}
</section>
<section class="wide" aria-labelledby="servers-title">
<div class="bar"><h2 id="servers-title">Servers</h2><button type="button" id="join">${more} more visitors</button></div>
<ul class="servers">
${servers.map(serverHtml).join("\n")}
</ul>
<p id="comparison" class="aside"></p>
</section>
<section class="card wide" aria-labelledby="requests-title">
<div class="bar"><h2 id="requests-title">Last requests</h2><label><input type="checkbox" id="only-mine"> only mine</label></div>
<div class="scroll" role="region" aria-labelledby="requests-title" tabindex="0">
<table>
<thead><tr><th scope="col">Nr.</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Server</th><th scope="col">Why<span class="meaning">, in Lengket’s words</span></th></tr></thead>
<tbody id="requests"></tbody>
</table>
</div>
</section>
</main>
<footer>
<p>Be a second visitor yourself: open <a href="${otherUrl}" target="_blank" rel="noopener">${otherUrl}</a> in another tab. It is the same
address for Lengket, but your browser keeps other cookies for it.</p>
<p>${neighbour} and the others are played by the demo. Nothing here leaves this machine; Ctrl-C in the terminal ends it.</p>
</footer>
<noscript><p class="trouble">This page needs JavaScript, which your browser does not run.</p></noscript>
<script>${pageScript}</script>
</body>
</html>
`;
}

function cartHtml(id: string, whose: string, { items }: PageOptions): string {
  const buttons = items.map(
    (item) => `<button type="button" data-add="${item}" aria-label="Add ${item} to ${whose}">Add ${item}</button>`,
  );
  return `<p class="where" id="${id}-where" role="status">…</p>
<ul class="cart" id="${id}-cart" aria-label="${capital(whose)}" tabindex="-1"></ul>
<div class="goods" id="${id}-goods" role="group" aria-label="Add to ${whose}">${buttons.join("")}</div>`;
}

function serverHtml(id: BackendId): string {
  return `<li class="card server" id="server-${id}" data-server="${id}">
<div class="bar"><h3><span class="chip" data-server="${id}">${id}</span> <span class="hidden">Server ${id}: </span><span class="state">…</span></h3>
<button type="button" class="power">Kill server ${id}</button></div>
<p class="figures"></p>
<ul class="people" aria-label="Visitors of server ${id}"></ul>
</li>`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
