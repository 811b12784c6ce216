/* The criterion page: owner lines without leaving the page, moved cards. Its other parts have files of their own. */

import { bringBackNewCards } from "./new-cards.js";
import "./card-saving.js";
import "./presence.js";
import "./shortcuts.js";

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

document.addEventListener("click", (event) => {
  const fieldset = event.target.closest("[data-pmqa-owners]");
  if (!fieldset) return;
  const row = event.target.closest("[data-pmqa-owner-row]");
  if (event.target.closest("[data-pmqa-owner-add]")) addRow(fieldset);
  else if (event.target.closest("[data-pmqa-owner-remove]")) removeRow(row);
  else if (event.target.closest("[data-pmqa-owner-up]")) moveRow(row, true);
  else if (event.target.closest("[data-pmqa-owner-down]")) moveRow(row, false);
  else return;
  // a press of a button changes the line as typing does
  fieldset.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[name$='-owner']")) event.target.closest("[data-pmqa-owner-row]")?.classList.add("is-used");
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

bringBackNewCards();
