/* What stands above an editor: that a text was merged, that somebody else wrote another one, why it is not taken. */

/** The place of one editor: in its card or page, before the form, so that no button in it sends the form. */
export class Notices {
  constructor(form) {
    this.element = document.createElement("div");
    this.element.className = "autosave-notices";
    this.merged = document.createElement("div");
    this.merged.setAttribute("role", "status");
    this.trouble = document.createElement("div");
    this.element.append(this.merged, this.trouble);
    form.before(this.element);
  }

  /** Two people's changes stand in the text now: `html` says whose. It can be put away. */
  showMerged(html) {
    this.merged.innerHTML = html;
    const close = button("ปิดข้อความนี้", "btn btn-link btn-sm", () => this.merged.replaceChildren());
    (this.merged.firstElementChild ?? this.merged).append(close);
  }

  /** Words and what can be done about them; read aloud at once. */
  showTrouble(words, ...tools) {
    const notice = document.createElement("div");
    notice.className = "notice notice-error";
    notice.setAttribute("role", "alert");
    const actions = document.createElement("div");
    actions.className = "actions";
    actions.append(...tools);
    notice.append(words, actions);
    this.trouble.replaceChildren(notice);
  }

  /** Both texts and three choices; the heading gets the focus unless that would interrupt the person's writing. */
  showConflict(html, { isWriting, choose, current }) {
    this.trouble.innerHTML = html;
    const panel = this.trouble;
    panel.setAttribute("role", "alert");
    for (const made of panel.querySelectorAll("[data-pmqa-choice]")) {
      made.type = "button";
      made.addEventListener("click", () => {
        if (made.dataset.pmqaChoice === "merge") this.startMerging(choose, current);
        else choose(made.dataset.pmqaChoice);
      });
    }
    if (!isWriting) focusHeading(panel);
  }

  /* By hand: both texts stand in the editor, and here one sees how it will read. */
  startMerging(choose, { start, html, onChange }) {
    const panel = this.trouble;
    const begin = panel.querySelector("template[data-pmqa-merge-start]");
    for (const made of panel.querySelectorAll("[data-pmqa-choice]")) made.hidden = true;
    const preview = document.createElement("div");
    preview.className = "rich-text conflict-preview";
    preview.setAttribute("aria-label", "ข้อความที่จะบันทึก");
    preview.setAttribute("role", "region");
    const show = () => (preview.innerHTML = html());
    const save = button("บันทึกข้อความที่รวมแล้ว", "btn btn-primary", () => choose("mine"));
    const words = document.createElement("p");
    words.textContent = "แก้ไขในช่องเขียนด้านล่างจนได้ข้อความที่ต้องการ ข้อความที่จะบันทึกมีดังนี้";
    const merging = document.createElement("div");
    merging.className = "conflict-merging";
    merging.append(words, preview, save);
    (panel.querySelector("[data-pmqa-choices]") ?? panel.lastElementChild ?? panel).append(merging);
    start(begin?.innerHTML.trim() ?? html());
    onChange(show);
    show();
  }

  /** The trouble is over. */
  clear() {
    this.trouble.replaceChildren();
    this.trouble.removeAttribute("role");
  }

  remove() {
    this.element.remove();
  }
}

function button(text, className, action) {
  const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
  made.addEventListener("click", action);
  return made;
}

function focusHeading(panel) {
  const heading = panel.querySelector("h2, h3, [data-pmqa-focus]");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}
