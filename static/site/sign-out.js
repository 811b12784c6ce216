/* Signing out sends what is unsent first, of this page and of every other one of this person; what cannot be sent is
   offered as a file. Afterwards nothing of it is left on the machine. */

import { sendRow } from "../texts/outbox.js";
import * as unsent from "../texts/unsent.js";
import { downloadButton } from "../texts/unsent-file.js";
import { tellGivenUp } from "../texts/windows.js";

const userHere = () => document.body.dataset.pmqaUser ?? "";

/* In the capturing phase, before the page takes the form for sent. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-pmqa-sign-out]") || form.dataset.pmqaSure) return;
  event.preventDefault();
  event.stopPropagation();
  signOut(form);
}, true);

async function signOut(form) {
  if (form.dataset.pmqaAsking) return;
  form.dataset.pmqaAsking = "yes";
  const left = await sendAll();
  delete form.dataset.pmqaAsking;
  if (left.length) ask(form, left);
  else leave(form);
}

/* What is still unsent afterwards. The editors of this page know more than a store that may not work. */
async function sendAll() {
  const editors = [];
  document.dispatchEvent(new CustomEvent("pmqa:flush", { detail: editors }));
  const here = (await Promise.all(editors)).filter(Boolean);
  const writers = new Set(here.map((row) => row.writer));
  for (const row of await unsent.all(userHere())) if (!writers.has(row.writer)) await sendRow(row);
  const kept = (await unsent.all(userHere())).filter((row) => !writers.has(row.writer));
  return [...here, ...kept];
}

function leave(form) {
  form.dataset.pmqaSure = "yes";
  form.requestSubmit();
}

async function giveUp(form) {
  document.dispatchEvent(new CustomEvent("pmqa:give-up"));
  tellGivenUp(userHere());
  await unsent.eraseAll(userHere());
  leave(form);
}

function ask(form, rows) {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-labelledby", "sign-out-heading");
  const heading = Object.assign(document.createElement("h2"), { id: "sign-out-heading", textContent: "ส่งข้อความไม่สำเร็จ" });
  const words = document.createElement("p");
  words.textContent = `มีข้อความที่ยังไม่ได้ส่ง ${rows.length} รายการ หากออกจากระบบตอนนี้ ข้อความเหล่านี้จะถูกลบออกจากเครื่องนี้ กรุณาดาวน์โหลดเก็บไว้ก่อน`;
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(
    downloadButton(async () => rows),
    button("ลองส่งอีกครั้ง", () => close(dialog, () => signOut(form))),
    button("ออกจากระบบโดยลบข้อความที่ค้าง", () => close(dialog, () => giveUp(form)), "btn-outline-danger"),
    button("ยกเลิก", () => close(dialog), "btn-link"),
  );
  dialog.append(heading, words, list(rows), actions);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function close(dialog, then = () => {}) {
  dialog.close();
  then();
}

function list(rows) {
  const titles = document.createElement("ul");
  for (const row of rows) titles.append(Object.assign(document.createElement("li"), { textContent: row.title || "ข้อความ" }));
  return titles;
}

function button(text, action, look = "btn-outline-primary") {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: `btn btn-sm ${look}`, textContent: text });
  made.addEventListener("click", action);
  return made;
}
