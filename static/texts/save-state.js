/* The line of a form that says what is saved. It never says «บันทึกแล้ว» while anything in the form is not.

   form.dataset.pmqaDetails holds the words for what beside the text waits for «บันทึก»; the page sets it. */

const TROUBLE = {
  0: "เครื่องแม่ข่ายไม่ตอบ",
  413: "ข้อความใหญ่เกินไป กรุณาลดภาพหรือข้อความ",
  400: "เครื่องแม่ข่ายไม่รับสิ่งที่ส่ง ข้อความอาจยาวเกินไป กรุณาลดข้อความ",
};

/** Why a text did not arrive, in the person's words. */
export function reasonOf({ state, status }) {
  if (state === "busy") return "เครื่องแม่ข่ายมีงานมาก";
  if (!navigator.onLine) return "ไม่มีสัญญาณเครือข่าย";
  return TROUBLE[status] ?? "เครื่องแม่ข่ายขัดข้อง";
}

/** Say it in the form's line; `calm` words are seen but not read aloud, or every pause would be announced. */
export function say(form, words, { kind = "", calm = false, link = null } = {}) {
  const line = form?.querySelector("[data-pmqa-state]");
  if (!line) return;
  const details = kind === "ok" ? form.dataset.pmqaDetails : "";
  line.setAttribute("aria-live", calm ? "off" : "polite");
  line.className = `state${kind && !details ? ` state-${kind}` : ""}`;
  line.replaceChildren(details || words);
  if (link) line.append(" ", link);
}

/** The way to the sign-in, beside the page that holds the text. */
export function signInLink(address) {
  const link = document.createElement("a");
  return Object.assign(link, { href: address, target: "_blank", rel: "opener", textContent: "เข้าใช้อีกครั้ง (เปิดแท็บใหม่)" });
}
