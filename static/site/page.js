/* What every page does: sends the CSRF token with htmx, moves focus to an error summary, closes the menu,
   sends texts that closed pages left behind, and never lets an answer that is not ours take the place of what somebody
   typed. */

import { csrfToken } from "../texts/csrf.js";
import { sendLeft } from "../texts/outbox.js";
import "./sign-out.js";

document.addEventListener("htmx:configRequest", (event) => {
  const token = csrfToken();
  event.detail.headers["X-CSRFToken"] = token;
  if ("csrfmiddlewaretoken" in event.detail.parameters) event.detail.parameters.csrfmiddlewaretoken = token;
});

function focusFirst(root) {
  const target = root.querySelector("[data-pmqa-focus]");
  if (target) target.focus();
}

function say(element, text) {
  const state = element.closest("form, [data-pmqa-card], main")?.querySelector("[data-pmqa-state]");
  if (state) {
    state.textContent = text;
    state.className = "state state-bad";
  } else {
    window.alert(text);
  }
}

const KEPT = "ข้อความของท่านยังอยู่ในหน้านี้";
// A refused form comes back with one of these and is shown like any other answer; every other refusal is only told.
const SHOWN = [409, 422];

function refusal(xhr) {
  if (xhr.responseURL.includes("/accounts/")) {
    return `ยังไม่ได้บันทึก – หมดเวลาการเข้าใช้ กรุณาเปิดแท็บใหม่เพื่อเข้าใช้อีกครั้ง แล้วกลับมากดบันทึกที่หน้านี้ ${KEPT}`;
  }
  if (xhr.status === 403) return `ยังไม่ได้บันทึก – ท่านไม่มีสิทธิ์เขียนส่วนนี้แล้ว หรือเข้าใช้ใหม่ในแท็บอื่น กรุณากดบันทึกอีกครั้ง ${KEPT}`;
  if (xhr.status === 404) return `ยังไม่ได้บันทึก – ไม่พบรายการนี้แล้ว ${KEPT}`;
  if (xhr.status === 413) return `ยังไม่ได้บันทึก – ข้อความหรือไฟล์ใหญ่เกินไป ${KEPT}`;
  if (xhr.status >= 500) return `ยังไม่ได้บันทึก – เครื่องแม่ข่ายขัดข้อง กรุณากดบันทึกอีกครั้ง ${KEPT}`;
  if (xhr.status >= 400 && !SHOWN.includes(xhr.status)) {
    return `ยังไม่ได้บันทึก – เครื่องแม่ข่ายไม่รับสิ่งที่ส่ง (รหัส ${xhr.status}) ข้อความอาจยาวเกินไป กรุณาลดข้อความแล้วกดบันทึกอีกครั้ง ${KEPT}`;
  }
  return "";
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const text = refusal(xhr);
  if (text) {
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    say(event.detail.requestConfig?.elt ?? event.target, text);
  } else if (SHOWN.includes(xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

for (const type of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(type, (event) => {
    say(event.target, `ยังไม่ได้บันทึก – เครื่องแม่ข่ายไม่ตอบ กรุณากดบันทึกอีกครั้ง ${KEPT}`);
  });
}

document.addEventListener("htmx:afterSettle", (event) => focusFirst(event.target));
document.addEventListener("DOMContentLoaded", () => focusFirst(document));

/* A form with data-pmqa-guard is not left silently while it holds something unsaved; the server sets the mark on a
   form that it refused. */
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-pmqa-guard]");
  if (form) form.dataset.pmqaUnsaved = "yes";
});
/* A second press while the answer is on its way would show the second answer only: the slips with the one-time
   passwords stand in the first. A page that was left and came back, or that was not left after all, sends again.
   After a while so does any other page, but not a form with data-pmqa-once, whose answer may take minutes. */
const SENDING_MS = 30_000;
function isBeingSent(form) {
  const { pmqaSentAt, pmqaOnce } = form.dataset;
  return pmqaSentAt !== undefined && (pmqaOnce !== undefined || Date.now() - Number(pmqaSentAt) < SENDING_MS);
}
function forgetSent() {
  for (const form of document.querySelectorAll("[data-pmqa-sent-at]")) delete form.dataset.pmqaSentAt;
}
window.addEventListener("pageshow", forgetSent);

// A form that htmx sends keeps its mark until the answer takes its place: a save that fails is still unsaved.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.method === "post") {
    if (isBeingSent(form)) {
      event.preventDefault();
      return;
    }
    form.dataset.pmqaSentAt = String(Date.now());
    const token = form.querySelector("[name=csrfmiddlewaretoken]");
    if (token) token.value = csrfToken();
  }
  delete form.dataset.pmqaUnsaved;
});
window.addEventListener("beforeunload", (event) => {
  if (!document.querySelector("[data-pmqa-unsaved]")) return;
  event.preventDefault();
  event.returnValue = true; // Chrome before 119
  forgetSent();
});
sendLeft();

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-pmqa-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
