/* Who else is in this criterion, and whether somebody has written a newer text than the one on the page. */

import { running } from "pmqa-texts/autosave";

const EVERY_MS = 20_000;
const place = document.querySelector("[data-pmqa-presence]");
let asking = 0;

async function ask() {
  window.clearTimeout(asking);
  if (document.visibilityState !== "visible") return;
  asking = window.setTimeout(ask, EVERY_MS);
  try {
    const response = await fetch(place.dataset.pmqaPresence, { headers: { Accept: "application/json" } });
    if (response.ok && !response.redirected) show(await response.json());
  } catch {
    // a quiet hint only: the next round asks again
  }
}

function show({ people, texts }) {
  place.hidden = !people.length;
  const words = people.length ? `กำลังอยู่ในข้อนี้: ${people.join(", ")}` : "";
  if (place.textContent !== words) place.textContent = words;
  for (const saver of running) {
    const stored = texts[saver.address];
    if (stored && stored.version > saver.base && !saver.isUnsent && !saver.exchange) offer(saver, stored);
  }
}

/* Nothing changes under the eyes of whoever reads or writes; the newer text comes when it is asked for. */
function offer(saver, { version, by, clock }) {
  const card = saver.form.closest("[data-pmqa-card]");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn btn-link btn-sm", textContent: "แสดง" });
  button.addEventListener("click", () => load(saver, card));
  saver.notices.showNewer(version, `${by || "ผู้อื่น"} บันทึกข้อความใหม่เมื่อ ${clock} น.`, button);
}

function load(saver, card) {
  if (saver.isUnsent || saver.form.dataset.pmqaDetails) {
    saver.notices.showNewer(0, "กรุณากดบันทึกสิ่งที่แก้ไขไว้ในกิจกรรมนี้ก่อน แล้วจึงแสดงข้อความใหม่");
    return;
  }
  window.htmx.ajax("GET", card.dataset.pmqaCardUrl, { target: card, swap: "outerHTML" });
}

if (place) {
  document.addEventListener("visibilitychange", ask);
  ask();
}
