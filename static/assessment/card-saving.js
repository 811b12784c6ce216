/* A card holds a text, which is saved while one writes, and owners, dates and criteria, which «บันทึก» saves. Its state
   line speaks for all of them, and its button sends the text first. */

import { autosaverIn } from "pmqa-texts/autosave";
import { say } from "pmqa-texts/save-state";

const TEXT_FIELDS = ["csrfmiddlewaretoken", "key", "base_version", "html"];
const OWNERS_UNSAVED = "ผู้รับผิดชอบยังไม่ได้บันทึก กรุณากดบันทึก";
const REST_UNSAVED = "วันที่หรือข้อที่ตอบด้วยยังไม่ได้บันทึก กรุณากดบันทึก";
const known = new WeakMap(); // what beside the text the server has, by form
const sent = new WeakMap(); // what a form that is on its way holds

function contentOf(form, without = ["csrfmiddlewaretoken"]) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => !without.includes(name)));
}

function ownersOf(form) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => name.startsWith("owners-")));
}

const detailsOf = (form) => ({ all: contentOf(form, TEXT_FIELDS), owners: ownersOf(form) });

/* A card that the server sent back holds something unsaved from the start. */
function learn(form) {
  if (!known.has(form)) known.set(form, form.dataset.pmqaUnsaved ? { all: "", owners: "" } : detailsOf(form));
  if (form.dataset.pmqaUnsaved) judge(form);
}

/* What beside the text is unsaved, in words that the state line shows instead of «บันทึกแล้ว». */
function judge(form) {
  const [now, before] = [detailsOf(form), known.get(form) ?? {}];
  const words = now.owners !== before.owners ? OWNERS_UNSAVED : now.all !== before.all ? REST_UNSAVED : "";
  if (words) form.dataset.pmqaDetails = words;
  else delete form.dataset.pmqaDetails;
  autosaverIn(form)?.mark();
  return words;
}

const cardForms = (root) => [
  ...root.querySelectorAll("form[data-pmqa-activity]"),
  ...(root.matches?.("form[data-pmqa-activity]") ? [root] : []),
];
document.addEventListener("htmx:load", (event) => cardForms(event.target).forEach(learn));
cardForms(document).forEach(learn);

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-pmqa-activity]");
  if (!form || event.target.matches("[data-pmqa-save]")) return;
  const words = judge(form);
  const saver = autosaverIn(form);
  if (words) say(form, words);
  else if (!saver?.isUnsent) say(form, saver?.lastWords ?? "", { kind: saver?.lastWords ? "ok" : "" });
});

/* The button, and everything whose answer takes the card's place: the text goes first. */
document.addEventListener("htmx:confirm", (event) => {
  const { target, detail } = event;
  const takesCard = target.matches("[data-pmqa-takes-card]");
  const form = takesCard ? target.closest("[data-pmqa-card]").querySelector("form[data-pmqa-activity]") : target;
  const saver = form?.matches("[data-pmqa-activity]") && autosaverIn(form);
  if (!saver) return;
  event.preventDefault();
  if (!form.dataset.pmqaFlushing) flushThen(form, saver, takesCard, () => detail.issueRequest(true));
});

async function flushThen(form, saver, takesCard, goOn) {
  form.dataset.pmqaFlushing = "yes";
  const isSent = await saver.flush();
  delete form.dataset.pmqaFlushing;
  if (takesCard) {
    if (isSent && !judge(form)) goOn();
    else say(form, "ยังไม่ได้บันทึก – กรุณาบันทึกก่อน แล้วจึงนำกิจกรรมออก", { kind: "bad" });
  } else if (isSent || saver.leavesItToTheForm) {
    goOn();
  }
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target;
  if (!form.matches("[data-pmqa-activity]")) return;
  say(form, "กำลังบันทึก…", { calm: true });
  sent.set(form, { content: contentOf(form), details: detailsOf(form), html: form.elements.html.value });
  autosaverIn(form)?.pause();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches("[data-pmqa-activity]")) autosaverIn(event.target)?.unpause();
});

/* The first text of a new card made the activity: now it can be moved and taken out. */
document.addEventListener("pmqa:text-saved", async (event) => {
  const card = event.target.closest("[data-pmqa-card]");
  if (!card || card.querySelector(".card-tools") || event.target.dataset.pmqaNew !== undefined) return;
  const answer = await fetch(card.dataset.pmqaCardUrl, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const tools = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".card-tools");
  if (!tools || card.querySelector(".card-tools")) return;
  card.append(document.adoptNode(tools));
  window.htmx.process(tools);
});

/* Whoever goes on typing while a save is under way must not lose it when the answer takes the card's place. What was
   sent is remembered; a card that holds more than that stays, and takes from the answer only what the next save needs. */
const NEEDED = {
  always: ["key", "owners-INITIAL_FORMS"],
  text: ["base_version"],
  details: ["owners_version", "shown"],
};

/* What somebody else wrote meanwhile is in the answer but not in the card that stays: its version is not taken, or
   the next save would overwrite it unseen. */
function takeVersions(form, answer) {
  const newer = answer.querySelector("[data-pmqa-newer]")?.dataset.pmqaNewer.split(" ") ?? [];
  const names = Object.entries(NEEDED).flatMap(([part, fields]) => (newer.includes(part) ? [] : fields));
  for (const name of names) {
    const fresh = answer.querySelector(`[name="${name}"]`);
    if (fresh) form.elements[name].value = fresh.value;
  }
  if (!newer.includes("details")) known.set(form, { ...sent.get(form).details, all: detailsWithVersions(form) });
  return names.includes("base_version");
}

/* The versions of the answer stand in the form now; what was sent is compared with them. */
function detailsWithVersions(form) {
  const fields = JSON.parse(sent.get(form).details.all);
  return JSON.stringify(fields.map(([name, value]) => (["owners_version", "shown", "owners-INITIAL_FORMS"].includes(name) ? [name, form.elements[name].value] : [name, value])));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (!form?.matches?.("[data-pmqa-activity]") || !event.detail.shouldSwap || !sent.has(form)) return;
  const { content, html } = sent.get(form);
  const isSaved = event.detail.xhr.status === 200;
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const staysHere = content !== contentOf(form);
  if (isSaved) {
    const isOurs = takeVersions(form, answer);
    const saver = autosaverIn(form);
    if (isOurs || !staysHere) saver?.committed({ version: Number(form.elements.base_version.value), html });
  }
  if (!staysHere) return;
  event.detail.shouldSwap = false;
  if (isSaved) {
    const words = answer.querySelector("[data-pmqa-state]")?.textContent.trim() ?? "";
    judge(form);
    say(form, `${words} – ที่พิมพ์หลังจากนั้นยังไม่ได้บันทึก`);
  } else {
    // the same press again is refused with the same reason, then with everything that was typed in it
    say(form, "ยังไม่ได้บันทึก กรุณากดบันทึกอีกครั้งเพื่อดูสาเหตุ", { kind: "bad" });
    form.dataset.pmqaUnsaved = "yes";
  }
});
