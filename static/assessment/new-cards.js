/* A new activity has another uid in every blank card. What was typed into one and not sent comes back in a blank card,
   under the uid and the address that it was typed under: sent twice, it still makes one activity. */

import { autosaverIn, running } from "pmqa-texts/autosave";
import * as unsent from "pmqa-texts/unsent";
import { living } from "pmqa-texts/windows";

/** Show the unsent texts of new cards of this page again. */
export async function bringBackNewCards() {
  const user = document.body.dataset.pmqaUser;
  const adding = document.querySelector("[data-pmqa-add]");
  if (!user || !adding) return;
  // an activity that is stored by now has its card, and the card has its text
  await Promise.all([...running].map((saver) => saver.ready));
  const isMissing = (row) => row.uid && row.page === location.pathname && !document.getElementById(`card-${row.uid}`);
  const rows = (await unsent.all(user)).filter(isMissing);
  const alive = await living(rows.map((row) => row.writer));
  const left = rows.filter((row) => !alive.has(row.writer)).sort((one, other) => one.began - other.began);
  for (const row of left) {
    const form = blankForm() ?? (await addCard(adding));
    takeOver(form, row);
    await autosaverIn(form).resume(row);
  }
}

function blankForm() {
  const forms = [...document.querySelectorAll("form[data-pmqa-new]")];
  return forms.find((form) => !form.elements.html.value && !autosaverIn(form)?.isUnsent);
}

function addCard(adding) {
  return new Promise((resolve) => {
    document.addEventListener("htmx:load", function loaded(event) {
      const form = event.target.querySelector?.("form[data-pmqa-new]");
      if (!form) return;
      document.removeEventListener("htmx:load", loaded);
      resolve(form);
    });
    adding.click();
  });
}

function takeOver(form, { uid, address }) {
  const card = form.closest("[data-pmqa-card]");
  card.dataset.pmqaCardUrl = card.dataset.pmqaCardUrl.replace(card.dataset.pmqaCard, uid);
  card.id = `card-${uid}`;
  card.dataset.pmqaCard = uid;
  form.setAttribute("hx-target", `#card-${uid}`);
  form.elements.uid.value = uid;
  form.elements.html.dataset.pmqaSave = address;
}
