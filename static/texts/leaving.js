/* When a page is left, comes back, or its person signs out: everything unsent of all its editors. */

import { autosaverIn, flushAll, running } from "pmqa-texts/autosave";

function retryAll() {
  for (const saver of running) saver.retryNow({ only: "failed" });
}

/* The store first: it is written even if the request does not get through. */
function leave() {
  for (const saver of running) {
    if (!saver.isUnsent) continue;
    saver.keepNow();
    saver.retryNow();
  }
}

// a text that goes out with its form is not left behind
const anythingUnsent = () => [...running].some((saver) => saver.isUnsent && !saver.isPaused);

window.addEventListener("online", retryAll);
window.addEventListener("focus", retryAll);
window.addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : retryAll()));
window.addEventListener("beforeunload", (event) => {
  if (!anythingUnsent()) return;
  leave();
  event.preventDefault();
  event.returnValue = true; // Chrome before 119
});

/* Whoever signs out asks what is unsent here; the store may not be able to tell. */
document.addEventListener("pmqa:flush", (event) => {
  for (const saver of running) event.detail.push(saver.lastTry().then((sent) => (sent || !saver.draft ? null : saver.row)));
});
document.addEventListener("pmqa:give-up", () => {
  for (const saver of running) saver.giveUp();
});

/* A link that is followed in the second after the last key takes the text along instead of asking about it. */
const LINK_WAIT_MS = 3_000;

async function sendBeforeLeaving() {
  const patience = new Promise((resolve) => window.setTimeout(resolve, LINK_WAIT_MS));
  if (anythingUnsent()) await Promise.race([flushAll(), patience]);
}

/** Send what is unsent, and go there; what cannot be sent in time is asked about. */
export async function follow(address) {
  await sendBeforeLeaving();
  window.location.assign(address);
}

function leadsAway(link) {
  const address = new URL(link.href, location.href);
  const isThisPage = address.pathname + address.search === location.pathname + location.search;
  return address.origin === location.origin && !isThisPage && !link.target && !link.matches("[download], [hx-get]");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || event.defaultPrevented || !isPlain || !leadsAway(link) || !anythingUnsent()) return;
  event.preventDefault();
  follow(link.href);
});

/* The button of a page's form sends the text first; the form follows when all of it has arrived, or to show what is
   wrong with it. In the capturing phase, before the page takes the form for sent. Cards are sent by htmx. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const saver = autosaverIn(form);
  if (!saver || form.hasAttribute("hx-post") || saver.isPaused || !saver.isUnsent) return;
  event.preventDefault();
  event.stopPropagation();
  if (!(await saver.flush()) && !saver.leavesItToTheForm) return;
  saver.pause();
  form.requestSubmit(event.submitter);
}, true);

/* Any other form of the page leaves it as a link does. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const isOther = !autosaverIn(form) && !form.matches("[hx-post], [data-pmqa-sign-out], [method=dialog]");
  if (!isOther || event.defaultPrevented || form.dataset.pmqaWaited || !anythingUnsent()) return;
  event.preventDefault();
  event.stopPropagation();
  await sendBeforeLeaving();
  form.dataset.pmqaWaited = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.pmqaWaited;
}, true);
