/* Ctrl+S saves; Alt+PageUp and Alt+PageDown go to the neighbours. Keys by their place, because a Thai layout has
   other letters there. */

import { running } from "pmqa-texts/autosave";
import { follow } from "pmqa-texts/leaving";

function saveAtCursor() {
  const form = document.activeElement?.closest("form");
  const here = [...running].filter((saver) => saver.form === form);
  for (const saver of here.length ? here : running) save(saver);
}

/* The text alone where nothing else waits: the page of one text is not left. */
function save(saver) {
  if (saver.form.dataset.pmqaDetails || saver.leavesItToTheForm) saver.form.requestSubmit();
  else saver.flush();
}

function goTo(neighbour) {
  const link = document.querySelector(`[data-pmqa-neighbour="${neighbour}"]`);
  if (link) follow(link.href);
}

document.addEventListener("keydown", (event) => {
  const isSave = event.code === "KeyS" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const isTurn = ["PageUp", "PageDown"].includes(event.code) && event.altKey && !event.ctrlKey && !event.shiftKey;
  if (!isSave && !isTurn) return;
  event.preventDefault();
  if (isSave) saveAtCursor();
  else goTo(event.code === "PageUp" ? "previous" : "next");
});
