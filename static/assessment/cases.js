/* The cases beside the text: the panel closes and tells when it could not be filled; selecting words in a case ticks
   the parts that they stand in. Opening, paging and taking are requests of htmx, and pages of their own without it. */

document.documentElement.classList.add("scripted");

const panel = document.getElementById("case-panel");
const FAILED = "เปิดไม่ได้ เครื่องแม่ข่ายไม่ตอบ กรุณาลองอีกครั้ง ข้อความที่ท่านเขียนยังอยู่ในหน้านี้";
let opener;

function close() {
  panel.replaceChildren();
  const back = opener?.isConnected ? opener : document.querySelector("[data-pmqa-open-cases]");
  back?.focus();
}

function count(form) {
  const ticked = form.querySelectorAll("[data-pmqa-case-part] input:checked").length;
  form.querySelector("[data-pmqa-case-count]").textContent = ticked ? `เลือกแล้ว ${ticked} ส่วน` : "";
}

/* A selection grows to whole parts: the server cuts them from the stored text. */
function tickSelected() {
  const selection = document.getSelection();
  if (selection.isCollapsed || selection.rangeCount === 0) return;
  const range = selection.getRangeAt(0);
  for (const form of document.querySelectorAll("[data-pmqa-case-parts]")) {
    for (const part of form.querySelectorAll("[data-pmqa-case-part]")) {
      const words = part.querySelector(".rich-text");
      if (range.intersectsNode(words) && touches(range, words)) part.querySelector("input").checked = true;
    }
    count(form);
  }
}

/* A selection that only ends where the next part begins does not mean that part. */
function touches(range, words) {
  const inside = document.createRange();
  inside.selectNodeContents(words);
  if (range.compareBoundaryPoints(Range.START_TO_START, inside) > 0) inside.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, inside) < 0) inside.setEnd(range.endContainer, range.endOffset);
  return inside.toString().trim() !== "" || inside.cloneContents().querySelector("img") !== null;
}

document.addEventListener("pointerup", (event) => {
  if (event.target.closest?.("[data-pmqa-case-parts]")) setTimeout(tickSelected);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pmqa-open-cases]");
  if (link) opener = link;
  if (event.target.closest("[data-pmqa-close-cases]")) close();
});

document.addEventListener("keydown", (event) => {
  // in a search box that holds words the key clears them
  const clears = event.target.type === "search" && event.target.value;
  if (event.key === "Escape" && panel?.contains(event.target) && !clears) close();
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-pmqa-case-parts]");
  if (form) count(form);
});

function isOurs(element) {
  return Boolean(panel && (panel.contains(element) || element.closest("[data-pmqa-open-cases]")));
}

/* Nothing was to be saved: the cards must not say that something was not. */
for (const type of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(
    type,
    (event) => {
      if (!isOurs(event.target)) return;
      event.stopPropagation();
      const told = document.createElement("p");
      told.className = "notice notice-error";
      told.setAttribute("role", "alert");
      told.textContent = FAILED;
      panel.querySelector(":scope > .notice-error")?.remove();
      panel.prepend(told);
    },
    true,
  );
}

// another page of the panel begins at its top; where the panel stands below the text, it comes into sight whole
document.addEventListener("htmx:afterSettle", (event) => {
  if (!panel || event.target !== panel) return;
  panel.parentElement.scrollTop = 0;
  if (!window.matchMedia("(min-width: 1200px)").matches) panel.scrollIntoView({ block: "start" });
});
