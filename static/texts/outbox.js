/* Texts that were typed in pages that are closed now: every page of their author sends them in the background and
   says quietly what is left. */

import { deliver } from "./delivery.js";
import * as unsent from "./unsent.js";
import { downloadButton } from "./unsent-file.js";
import { living } from "./windows.js";

const userHere = () => document.body.dataset.pmqaUser ?? "";
// kept here and not sent again by itself: somebody has to look
const NEEDS_PERSON = {
  conflict: "มีผู้แก้ไขก่อนท่าน กรุณาเปิดดู",
  refused: "กรุณาแก้ไขข้อความก่อน",
  locked: "ส่งหรือปิดแบบฟอร์มแล้ว",
  forbidden: "ท่านไม่มีสิทธิ์เขียนส่วนนี้แล้ว",
  gone: "ไม่พบรายการนี้แล้ว",
};

/** Send one row of the store, what was sent before it first. Resolves to the state of the last answer. */
export async function sendRow(row) {
  let base = row.base_version;
  if (row.pending) {
    const got = await deliver(row.address, row.pending, row.user);
    if (got.state !== "saved" && got.state !== "merged") return remember(row, got);
    base = got.version;
    await unsent.keep({ ...row, pending: null, base_version: base });
    if (row.pending.key === row.key) return delivered(row);
  }
  const got = await deliver(row.address, { html: row.html, key: row.key, base_version: base }, row.user);
  const isDelivered = ["saved", "merged"].includes(got.state) || (got.state === "locked" && got.proposal);
  return isDelivered ? delivered(row) : remember({ ...row, pending: null, base_version: base }, got);
}

async function delivered(row) {
  await unsent.eraseEdit(row.user, row.address, row.key);
  return "saved";
}

async function remember(row, { state }) {
  if (state in NEEDS_PERSON && row.trouble !== state) await unsent.keep({ ...row, trouble: state });
  return state;
}

/* Rows of windows that are open are theirs to send; those of a text of this page come back into its editor. */
async function leftRows() {
  const rows = await unsent.all(userHere());
  const alive = await living(rows.map((row) => row.writer));
  return rows.filter((row) => !alive.has(row.writer) && !comesBackHere(row));
}

function comesBackHere(row) {
  if (document.querySelector(`textarea[data-pmqa-save="${CSS.escape(row.address)}"]`)) return true;
  return row.uid && row.page === location.pathname && document.querySelector("[data-pmqa-add]");
}

/** Send everything that closed pages left behind, and show what could not be sent. */
export async function sendLeft({ again = false } = {}) {
  if (!userHere()) return;
  const rows = await leftRows();
  let sent = 0;
  for (const row of rows) {
    if (again || !(row.trouble in NEEDS_PERSON)) sent += (await sendRow(row)) === "saved" ? 1 : 0;
  }
  if (rows.length) showStrip(await leftRows(), sent);
}

let strip = null;

function showStrip(rows, sent) {
  strip?.remove();
  if (!rows.length && !sent) return;
  strip = document.createElement("div");
  strip.className = `notice ${rows.length ? "notice-warning" : "notice-success"} unsent-strip`;
  strip.setAttribute("role", "status");
  document.querySelector("main")?.prepend(strip);
  if (rows.length) strip.append(...leftWords(rows));
  else strip.append(`ส่งข้อความที่พิมพ์ค้างไว้ในเครื่องนี้แล้ว ${sent} รายการ`);
}

function leftWords(rows) {
  const list = document.createElement("ul");
  list.append(...rows.map(lineOf));
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(button("ส่งตอนนี้", () => sendLeft({ again: true })), downloadButton(async () => rows));
  const lost = rows.filter((row) => ["locked", "forbidden", "gone"].includes(row.trouble));
  if (lost.length) actions.append(button("ลบรายการที่ส่งไม่ได้ออกจากเครื่องนี้", () => eraseLost(lost)));
  return [`มีข้อความที่ยังไม่ได้ส่ง ${rows.length} รายการ`, list, actions];
}

function lineOf(row) {
  const line = document.createElement("li");
  const link = document.createElement("a");
  Object.assign(link, { href: row.page, textContent: row.title || "ข้อความ" });
  line.append(link, ...(NEEDS_PERSON[row.trouble] ? [` – ${NEEDS_PERSON[row.trouble]}`] : []));
  return line;
}

async function eraseLost(rows) {
  if (!window.confirm(`ลบข้อความ ${rows.length} รายการออกจากเครื่องนี้ กู้คืนไม่ได้`)) return;
  for (const row of rows) await unsent.erase(row);
  showStrip(await leftRows(), 0);
}

function button(text, action) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn btn-outline-primary btn-sm", textContent: text });
  made.addEventListener("click", action);
  return made;
}
