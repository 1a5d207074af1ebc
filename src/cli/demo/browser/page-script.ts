/**
 * What the page does: asks the shop for the reader's cart, through the balancer, and shows what the demo tells about the
 * rest. Nodes with buttons are kept and changed, never made anew, so that the keyboard does not lose its place.
 */
export const pageScript = String.raw`
"use strict";
(() => {
  const { control, neighbour } = document.body.dataset;
  const byId = (id) => document.getElementById(id);
  const make = (tag, text = "", set = {}) => Object.assign(document.createElement(tag), { textContent: text }, set);
  const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const plural = (count, word) => count + " " + word + (count === 1 ? "" : "s");
  const chip = (server) => {
    const node = make("span", server, { className: "chip" });
    node.dataset.server = server;
    return node;
  };
  const troubles = { demo: "", shop: "", cookies: "" };
  const trouble = (kind, text) => {
    troubles[kind] = text;
    const worst = troubles.demo || troubles.shop || troubles.cookies;
    say(byId("trouble"), worst);
    byId("trouble").hidden = worst === "";
  };

  /** A cart on the page. */
  function cartView(id, name, act) {
    const list = byId(id + "-cart");
    const where = byId(id + "-where");
    const lines = new Map();
    const none = make("li", "The cart is empty.", { className: "none" });
    let shown = "";
    const lineOf = (item) => {
      const line = make("li");
      const remove = make("button", "Remove", { type: "button" });
      remove.setAttribute("aria-label", "Remove one " + item + " from " + list.getAttribute("aria-label").toLowerCase());
      remove.addEventListener("click", () => act("remove", item));
      line.append(make("span"), remove);
      lines.set(item, line);
      list.append(line);
      return line;
    };
    for (const button of byId(id + "-goods").children) {
      button.addEventListener("click", () => act("add", button.dataset.add));
    }
    return (server, cart) => {
      const key = server + " " + cart.length;
      if (key !== shown) {
        shown = key;
        if (server === undefined) where.replaceChildren("Nobody serves " + (name === "You" ? "you" : name) + ".");
        else where.replaceChildren(name + (name === "You" ? " are" : " is") + " on server ", chip(server), ", " + plural(cart.length, "item"));
      }
      const counts = new Map();
      for (const item of cart) counts.set(item, (counts.get(item) ?? 0) + 1);
      for (const [item, line] of lines) {
        if (counts.has(item)) continue;
        if (line.contains(document.activeElement)) list.focus();
        line.remove();
        lines.delete(item);
      }
      for (const [item, count] of counts) {
        say((lines.get(item) ?? lineOf(item)).firstChild, count === 1 ? item : item + " × " + count);
      }
      if (cart.length === 0) list.append(none);
      else none.remove();
    };
  }

  /** One after the other, so that the answers come in order. */
  let asking = Promise.resolve();
  function ask(method, path) {
    asking = asking.then(async () => {
      try {
        const answer = await fetch(path, { method, cache: "no-store" });
        if (answer.ok) return served(await answer.json());
        if (answer.status === 409) return trouble("shop", "The cart is full.");
        trouble("shop", answer.status === 503 ? "No server is alive: revive one." : "The server died with the request (" + answer.status + "). Try again.");
        if (answer.status === 503) showYours(undefined, []);
      } catch {
        trouble("demo", "Lengket does not answer: the demo has ended. Start it again, and open the new link.");
      }
    });
    return asking;
  }
  function order(path) {
    return fetch(control + "/" + path, { method: "POST" }).then(
      async (answer) => { if (!answer.ok) trouble("shop", (await answer.text()).trim()); },
      () => {},
    );
  }

  const showYours = cartView("you", "You", (what, item) => ask("POST", "/cart/" + what + "?item=" + encodeURIComponent(item)));
  const showNeighbours = cartView("neighbour", neighbour, (what, item) =>
    order("neighbour/" + what + "?item=" + encodeURIComponent(item)));

  function served({ server, visitor, cart }) {
    trouble("shop", "");
    trouble("cookies", visitor === "guest" ? "Your browser keeps no cookies for this page, so nobody can bring you back." : "");
    showYours(server, cart);
    listen(visitor);
  }

  let round = 0;
  let latest;
  function show(state) {
    for (const server of state.servers) showServer(server);
    showNeighbours(state.neighbour.server, state.neighbour.cart);
    const news = byId("news");
    if ([...news.children].map((node) => node.textContent).join("\n") !== state.news.join("\n")) {
      news.replaceChildren(...state.news.map((text) => make("p", text)));
    }
    say(byId("comparison"), "All " + state.visitors + " have one address: by address hashing, all would be on server " + state.byAddress + ".");
    byId("join").disabled = state.room === 0;
    latest = state;
    showRequests();
    if (state.round === round) return;
    round = state.round;
    ask("GET", "/cart");
  }

  function showServer({ id, isAlive, isNoticed, visitors, requests }) {
    const card = byId("server-" + id);
    const noticed = isNoticed ? "" : isAlive ? ", not checked yet" : ", not noticed yet";
    card.classList.toggle("dead", !isAlive);
    say(card.querySelector(".state"), (isAlive ? "up" : "dead") + noticed);
    const power = card.querySelector(".power");
    say(power, (isAlive ? "Kill" : "Revive") + " server " + id);
    power.classList.toggle("revive", !isAlive);
    say(card.querySelector(".figures"), plural(visitors.length, "visitor") + " · " + plural(requests, "request"));
    const people = card.querySelector(".people");
    if (people.dataset.names === visitors.join()) return;
    people.dataset.names = visitors.join();
    people.replaceChildren(...visitors.map((name) => make("li", name, { className: name === "You" ? "me" : "" })));
  }

  function showRequests() {
    const requests = byId("only-mine").checked ? latest.yours : latest.requests;
    byId("requests").replaceChildren(...requests.map(requestRow));
  }
  byId("only-mine").addEventListener("change", showRequests);

  function requestRow({ number, who, what, server, reason, meaning }) {
    const row = make("tr", "", { className: who === "You" ? "mine" : "" });
    const place = make("td", server === undefined ? "none" : "");
    if (server !== undefined) place.append(chip(server));
    const why = make("td", reason);
    if (meaning !== "") why.append(make("span", ": " + meaning, { className: "meaning" }));
    row.append(make("td", String(number)), make("td", who), make("td", what), place, why);
    return row;
  }

  let events;
  function listen(visitor) {
    if (events !== undefined) return;
    events = new EventSource(control + "/events?visitor=" + encodeURIComponent(visitor));
    events.addEventListener("open", () => trouble("demo", ""));
    events.addEventListener("message", ({ data }) => show(JSON.parse(data)));
    events.addEventListener("error", () => trouble("demo", "The demo does not answer: it has ended. Start it again, and open the new link."));
  }

  for (const card of document.querySelectorAll(".server")) {
    card.querySelector(".power").addEventListener("click", () =>
      order((card.classList.contains("dead") ? "revive" : "kill") + "?server=" + card.dataset.server));
  }
  byId("join").addEventListener("click", () => order("join"));
  ask("GET", "/cart");
})();
`;
