/* Says how long a text is, in every element whose data-pmqa-count holds the id of its text area. */

import { countCharacters, plainText } from "pmqa-texts/normalise";

const GROUPED = new Intl.NumberFormat("en-US");

/** Show the length of `html` for this text area, and how far it is from its limit. */
export function showCount(textarea, html) {
  const places = document.querySelectorAll(`[data-pmqa-count="${CSS.escape(textarea.id)}"]`);
  if (!textarea.id || !places.length) return;
  const count = countCharacters(plainText(html));
  const limit = Number(textarea.dataset.pmqaLimit) || 0;
  for (const place of places) {
    place.textContent = wording(count, limit);
    place.classList.toggle("editor-over", limit > 0 && count > limit);
  }
}

function wording(count, limit) {
  if (!limit) return `${GROUPED.format(count)} อักขระ`;
  if (count > limit) return `${GROUPED.format(count)} อักขระ เกินมา ${GROUPED.format(count - limit)} อักขระ`;
  return `${GROUPED.format(count)} อักขระ เหลืออีก ${GROUPED.format(limit - count)} อักขระ`;
}
