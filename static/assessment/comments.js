/* Remarks on the criterion page: point at a passage and write, show where a passage stands, keep what is being typed. */

import { findPassage, passageIn } from "./passage.js";

const MAX_QUOTE = 1000;
const panel = document.querySelector("[data-pmqa-comments]");
const button = document.querySelector("[data-pmqa-passage-button]");

/* What holds a text that can be quoted: a card that is written, a card that is read, an optional text. */
const HOLDERS = "[data-pmqa-card], [data-pmqa-passage]";

function keyOf(holder) {
  return holder.dataset.pmqaPassage ?? holder.dataset.pmqaCard;
}

function textOf(holder) {
  return holder.querySelector(".editor-paper .rich-text") ?? holder.querySelector(".rich-text");
}

/* --- pointing at a passage ---------------------------------------------------------------------- */

/* The text in which something is selected, and its holder. */
function selection() {
  const { rangeCount, isCollapsed } = window.getSelection();
  if (!rangeCount || isCollapsed) return undefined;
  const range = window.getSelection().getRangeAt(0);
  const common = range.commonAncestorContainer;
  const holder = (common.nodeType === Node.ELEMENT_NODE ? common : common.parentElement)?.closest(HOLDERS);
  const text = holder && textOf(holder);
  return text?.contains(common) ? { holder, text, range } : undefined;
}

/* The letters are counted only when the words are wanted: a selection changes with every move of the mouse. */
function selected() {
  const found = selection();
  const passage = found && passageIn(found.text, found.range);
  return passage?.quote ? { place: keyOf(found.holder), ...passage } : undefined;
}

function offer() {
  button.hidden = !selection();
}

function point(event) {
  const passage = selected();
  if (!passage) return;
  event.preventDefault();
  write(passage);
}

async function write(passage) {
  button.hidden = true;
  const place = document.getElementById("comment-new");
  if (!place.querySelector("form")) {
    // a source of its own: asked for by the page itself, the card's state line would say that it saves
    const asked = { source: panel.querySelector("[data-pmqa-comment-new]"), target: place, swap: "innerHTML" };
    await window.htmx.ajax("GET", panel.dataset.pmqaComments, asked);
  }
  const form = place.querySelector("form");
  if (!form) return;
  form.elements.place.value = passage.place;
  form.elements.before.value = passage.before;
  form.elements.quote.value = [...passage.quote].slice(0, MAX_QUOTE).join("");
  form.scrollIntoView({ block: "center" });
  form.elements.body.focus();
}

if (button) {
  document.addEventListener("selectionchange", offer);
  // pressing must not take the selection away before it is read
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", point);
  // as word processors have it
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.code === "KeyM") point(event);
  });
}

/* Words that were corrected by hand are looked for in every text. */
document.addEventListener("input", (event) => {
  const form = event.target.closest(".comment-form");
  if (form && event.target.name === "quote") {
    form.elements.place.value = "";
    form.elements.before.value = "";
  }
});

/* --- showing where a passage stands -------------------------------------------------------------- */

const SHOWN_MS = 6000;
let fading;

function showRange(range) {
  const element = range.startContainer.parentElement;
  element.scrollIntoView({ block: "center" });
  if (!("highlights" in CSS)) return false;
  CSS.highlights.set("pmqa-passage", new Highlight(range));
  window.clearTimeout(fading);
  fading = window.setTimeout(() => CSS.highlights.delete("pmqa-passage"), SHOWN_MS);
  return true;
}

function showHolder(holder) {
  holder.scrollIntoView({ block: "nearest" });
  holder.classList.add("is-pointed-at");
  window.setTimeout(() => holder.classList.remove("is-pointed-at"), SHOWN_MS);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pmqa-show-passage]");
  if (!link) return;
  const holder = document.getElementById(link.getAttribute("href").slice(1));
  if (!holder) return;
  event.preventDefault();
  const { pmqaQuote: quote, pmqaBefore: before, pmqaAfter: after } = link.dataset;
  const text = textOf(holder);
  const range = text && findPassage(text, { quote, before, after });
  if (!range || !showRange(range)) showHolder(holder);
});

/* --- forms --------------------------------------------------------------------------------------- */

function isUnsaved(place) {
  return place.querySelector("form[data-pmqa-unsaved]");
}

/* Another form takes this one's place only when nothing was typed in it. */
document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.target.closest("#comments a[hx-get]");
  const place = link && document.querySelector(link.getAttribute("hx-target"));
  const form = place && isUnsaved(place);
  if (!form) return;
  event.preventDefault();
  form.scrollIntoView({ block: "center" });
  form.elements.body.focus();
});

/* The answer takes the thread's place, and with it an answer that is being typed. */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("[data-pmqa-takes-thread]")) return;
  const form = isUnsaved(event.target.closest(".thread"));
  if (!form) return;
  event.preventDefault();
  const state = form.querySelector("[data-pmqa-state]");
  state.textContent = "ยังไม่ได้ส่งคำตอบนี้ – กรุณาส่งหรือยกเลิกก่อน";
  state.className = "state state-bad";
  form.elements.body.focus();
});

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-pmqa-comment-cancel]");
  const form = cancel?.closest("#comments form");
  if (!form) return;
  event.preventDefault();
  const thread = form.closest(".thread");
  form.remove();
  (thread?.querySelector(".thread-tools a") ?? document.querySelector("[data-pmqa-comment-new]"))?.focus();
});

/* A form that has come is written in at once; one that came back refused shows its faults first. */
document.addEventListener("htmx:afterSettle", (event) => {
  const form = event.target.querySelector?.(".comment-form");
  if (form && !form.querySelector("[data-pmqa-focus]")) form.elements.body.focus();
  // what was pressed is gone with the old thread: go on from the new one
  const thread = event.target.closest?.(".thread");
  if (thread && document.activeElement === document.body) {
    const next = thread.querySelector(".thread-tools a, .thread-tools button");
    (next ?? thread.querySelector(".comment-tools button"))?.focus();
  }
  if (document.querySelector("#comments > .thread")) document.querySelector("[data-pmqa-comments-empty]")?.remove();
});

/* Browsers say in the language of their menus that no file is chosen; the style of the page says it in Thai. */
function markFile(field) {
  field.toggleAttribute("data-pmqa-empty", !field.files.length);
}
document.addEventListener("change", (event) => {
  if (event.target.matches(".comment-form [type=file]")) markFile(event.target);
});
document.addEventListener("htmx:load", (event) => {
  event.target.querySelectorAll?.("[type=file]").forEach(markFile);
});

/* The address of a settled thread leads into the folded part. */
function unfold() {
  const thread = location.hash.startsWith("#thread-") && document.getElementById(location.hash.slice(1));
  const folded = thread && thread.closest("[data-pmqa-settled]");
  if (!folded) return;
  folded.open = true;
  thread.scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();
