// Live updates. The server says that something changed; the page fetches itself again and swaps the regions marked
// with data-live whose content differs. Without this script everything works by reloading.
"use strict";

const AT_MOST_EVERY = 1000;
let fetching = false;
let wanted = false;
let last = 0;
// What the server last sent for each region: the page itself moves on, with seconds that tick and folds that open.
const sent = new Map();

// Seconds that go by on their own, by the server's own clock: the browser's may be wrong.
let ahead = 0;
function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.floor((Date.now() + ahead - Date.parse(element.dataset.since)) / 1000);
    element.textContent = Math.max(0, seconds) + " s";
  }
}

function setClock(page) {
  ahead = Date.parse(page.body.dataset.now) - Date.now();
}

function openDetails(root) {
  return [...root.querySelectorAll("details[id]")].map((details) => [details.id, details.open]);
}

// What somebody is writing is not taken from under their hands.
function isWrittenIn(region) {
  return [...region.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);
}

function swap(fresh) {
  const focused = document.activeElement && document.activeElement.id;
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const newer = fresh.getElementById(region.id);
    if (!newer) return location.reload();
    if (newer.innerHTML === sent.get(region.id) || isWrittenIn(region)) continue;
    sent.set(region.id, newer.innerHTML);
    const folds = openDetails(region);
    region.replaceChildren(...newer.childNodes);
    region.toggleAttribute("data-live-queue", newer.hasAttribute("data-live-queue"));
    for (const [id, open] of folds) {
      const details = document.getElementById(id);
      if (details) details.open = open;
    }
  }
  if (focused && document.activeElement.id !== focused) {
    const element = document.getElementById(focused);
    if (element) element.focus({ preventScroll: true });
  }
  speak();
  tick();
}

// Tells a screen reader how far the run is; the region itself is replaced too often to be read out.
function speak() {
  const title = document.getElementById("progress-title");
  const spoken = document.getElementById("spoken");
  const text = title ? title.textContent.trim() : "";
  if (spoken.textContent !== text) spoken.textContent = text;
}

async function refresh() {
  wanted = true;
  if (fetching) return;
  fetching = true;
  try {
    while (wanted) {
      const pause = last + AT_MOST_EVERY - Date.now();
      if (pause > 0) await new Promise((done) => setTimeout(done, pause));
      wanted = false;
      last = Date.now();
      const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
      if (response.status === 429) {
        // Too many tabs at once: later is soon enough.
        last = Date.now() + 1000 * Number(response.headers.get("retry-after") ?? 1);
        wanted = true;
        continue;
      }
      // Signed out, or gone: the server has something else to say.
      if (!response.ok) return location.reload();
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      setClock(fresh);
      swap(fresh);
    }
  } catch {
    // Away for a moment: the event stream comes back first, and asks for a refresh then.
  } finally {
    fetching = false;
  }
}

setClock(document);
for (const region of document.querySelectorAll("[data-live][id]")) sent.set(region.id, region.innerHTML);
setInterval(tick, 1000);

// The browser reconnects by itself; what happened meanwhile is fetched when it has.
let events = null;
let connected = false;
function listen() {
  events = new EventSource("/events");
  events.addEventListener("hello", () => {
    if (connected) refresh();
    connected = true;
  });
  events.addEventListener("change", refresh);
  events.addEventListener("queue", () => {
    if (document.querySelector("[data-live-queue]")) refresh();
  });
}

// Only what is looked at listens: a browser connects to one server half a dozen times and no more, and pages that were
// left stay in its memory with their streams.
function follow(looking) {
  if (looking === Boolean(events)) return;
  if (looking) return listen();
  events.close();
  events = null;
}

follow(!document.hidden);
document.addEventListener("visibilitychange", () => follow(!document.hidden));
addEventListener("pageshow", () => follow(!document.hidden));
addEventListener("pagehide", () => follow(false));
