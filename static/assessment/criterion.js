/* The criterion page: owner lines without leaving the page, moved cards, a state line that tells the truth. */
document.documentElement.classList.add("scripted");

function rows(fieldset) {
  return [...fieldset.querySelectorAll("[data-pmqa-owner-rows] > [data-pmqa-owner-row]")];
}

/* The order on screen is the order that is saved: Django's formset reads it from the ORDER fields. */
function renumber(fieldset) {
  rows(fieldset)
    .filter((row) => !row.hidden)
    .forEach((row, index) => {
      row.querySelector("[name$='-ORDER']").value = String(index + 1);
    });
}

function addRow(fieldset) {
  const total = fieldset.querySelector("[name$='-TOTAL_FORMS']");
  const blank = fieldset.querySelector("[data-pmqa-owner-blank]");
  const holder = document.createElement("div");
  holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", total.value);
  total.value = String(Number(total.value) + 1);
  const row = holder.firstElementChild;
  fieldset.querySelector("[data-pmqa-owner-rows]").append(row);
  renumber(fieldset);
  row.querySelector("[name$='-owner']").focus();
}

function removeRow(row) {
  const fieldset = row.closest("[data-pmqa-owners]");
  row.querySelector("[name$='-DELETE']").checked = true;
  row.querySelector("[name$='-owner']").value = "";
  row.hidden = true;
  // the first visible row has no joiner; hidden rows go to the end so that the style sees the right first child
  row.parentElement.append(row);
  renumber(fieldset);
  fieldset.querySelector("[data-pmqa-owner-add]").focus();
}

/* «และ» stands between two places, not with a name: «ก และ ข» turned round is «ข และ ก». */
function swapJoiners(row, neighbour) {
  const [one, other] = [row, neighbour].map((line) => line.querySelector("[name$='-joiner']"));
  [one.value, other.value] = [other.value, one.value];
}

function moveRow(row, up) {
  const fieldset = row.closest("[data-pmqa-owners]");
  const visible = rows(fieldset).filter((other) => !other.hidden);
  const neighbour = visible[visible.indexOf(row) + (up ? -1 : 1)];
  if (!neighbour) return;
  if (up) neighbour.before(row);
  else neighbour.after(row);
  swapJoiners(row, neighbour);
  renumber(fieldset);
  row.querySelector(up ? "[data-pmqa-owner-up]" : "[data-pmqa-owner-down]").focus();
}

function markUnsaved(form) {
  const state = form.querySelector("[data-pmqa-state]");
  if (state) {
    state.textContent = "ยังไม่ได้บันทึก";
    state.className = "state";
  }
  form.dataset.pmqaUnsaved = "yes";
}

document.addEventListener("click", (event) => {
  const fieldset = event.target.closest("[data-pmqa-owners]");
  if (!fieldset) return;
  const row = event.target.closest("[data-pmqa-owner-row]");
  if (event.target.closest("[data-pmqa-owner-add]")) addRow(fieldset);
  else if (event.target.closest("[data-pmqa-owner-remove]")) removeRow(row);
  else if (event.target.closest("[data-pmqa-owner-up]")) moveRow(row, true);
  else if (event.target.closest("[data-pmqa-owner-down]")) moveRow(row, false);
  else return;
  markUnsaved(fieldset.closest("form"));
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[name$='-owner']")) event.target.closest("[data-pmqa-owner-row]")?.classList.add("is-used");
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-pmqa-activity]");
  if (form) markUnsaved(form);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const state = event.target.querySelector?.("[data-pmqa-state]");
  if (state) {
    state.textContent = "กำลังบันทึก…";
    state.className = "state";
  }
});

/* The answer takes the card's place, and with it what was typed there and not saved. */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("[data-pmqa-takes-card]")) return;
  const form = event.target.closest("[data-pmqa-card]").querySelector("[data-pmqa-unsaved]");
  if (!form) return;
  event.preventDefault();
  const state = form.querySelector("[data-pmqa-state]");
  state.textContent = "ยังไม่ได้บันทึก – กรุณาบันทึกก่อน แล้วจึงนำกิจกรรมออก";
  state.className = "state state-bad";
});

/* Whoever goes on typing while a save is under way must not lose it when the answer takes the card's place. What was
   sent is remembered; a card that holds more than that stays, and takes from the answer only what the next save needs. */
const sent = new WeakMap();
const NEEDED = {
  always: ["key", "owners-INITIAL_FORMS"],
  text: ["base_version"],
  details: ["owners_version", "shown"],
};

function contentOf(form) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(fields);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-pmqa-activity]")) sent.set(event.target, contentOf(event.target));
});

/* What somebody else wrote meanwhile is in the answer but not in the card that stays: its version is not taken, or
   the next save would overwrite it unseen. */
function takeVersions(form, answer) {
  const newer = answer.querySelector("[data-pmqa-newer]")?.dataset.pmqaNewer.split(" ") ?? [];
  const names = Object.entries(NEEDED).flatMap(([part, fields]) => (newer.includes(part) ? [] : fields));
  for (const name of names) {
    const fresh = answer.querySelector(`[name="${name}"]`);
    if (fresh) form.elements[name].value = fresh.value;
  }
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (!form?.matches?.("[data-pmqa-activity]") || !event.detail.shouldSwap) return;
  if (!sent.has(form) || sent.get(form) === contentOf(form)) return;
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const state = form.querySelector("[data-pmqa-state]");
  event.detail.shouldSwap = false;
  if (event.detail.xhr.status === 200) {
    takeVersions(form, answer);
    state.textContent = `${answer.querySelector("[data-pmqa-state]")?.textContent ?? ""} – ที่พิมพ์หลังจากนั้นยังไม่ได้บันทึก`;
    state.className = "state";
  } else {
    // the same press again is refused with the same reason, then with everything that was typed in it
    state.textContent = "ยังไม่ได้บันทึก กรุณากดบันทึกอีกครั้งเพื่อดูสาเหตุ";
    state.className = "state state-bad";
  }
  form.dataset.pmqaUnsaved = "yes";
});

/* The server moved the activity; the card follows, so that unsaved text in other cards stays where it is. */
document.addEventListener("pmqa:moved", (event) => {
  const { uid, up, version } = event.detail;
  const card = document.querySelector(`[data-pmqa-card="${uid}"]`);
  // the order of the server: a card that is not stored yet and a line of a withdrawn activity have no tools
  const cards = [...document.querySelectorAll("[data-pmqa-cards] > [data-pmqa-card]")].filter((other) =>
    other.querySelector(".card-tools"),
  );
  const neighbour = cards.includes(card) ? cards[cards.indexOf(card) + (up ? -1 : 1)] : undefined;
  if (neighbour) {
    if (up) neighbour.before(card);
    else neighbour.after(card);
    card.scrollIntoView({ block: "nearest" });
  }
  for (const field of document.querySelectorAll("[data-pmqa-list-version]")) field.value = String(version);
});
