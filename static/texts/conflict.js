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
    const close = this.merged.querySelector("[data-pmqa-dismiss]");
    close?.addEventListener("click", () => this.merged.replaceChildren());
  }

  /** Somebody has written a newer text than the one shown; told once for each version. */
  showNewer(version, words, ...tools) {
    if (version && this.toldOf === version) return;
    this.toldOf = version;
    const notice = document.createElement("p");
    notice.className = "notice newer-text";
    notice.append(words, " ", ...tools);
    this.merged.replaceChildren(notice);
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
  showConflict(html, { isWriting, choose, merging }) {
    this.trouble.innerHTML = html;
    for (const made of this.trouble.querySelectorAll("[data-pmqa-choice]")) {
      made.addEventListener("click", () => {
        if (made.dataset.pmqaChoice === "merge") this.startMerging(choose, merging);
        else choose(made.dataset.pmqaChoice);
      });
    }
    // long texts are scrolled with the keyboard
    for (const side of this.trouble.querySelectorAll(".conflict-sides .rich-text")) side.tabIndex = 0;
    if (!isWriting) this.trouble.querySelector("[data-pmqa-conflict-heading]")?.focus();
  }

  /* By hand: both texts stand in the editor, and here one sees how it will read. */
  startMerging(choose, { start, html, onChange }) {
    const preview = document.createElement("div");
    preview.className = "rich-text conflict-preview";
    preview.setAttribute("role", "region");
    preview.setAttribute("aria-label", "ข้อความที่จะบันทึก");
    preview.tabIndex = 0; // a long one is scrolled with the keyboard
    const show = () => (preview.innerHTML = html());
    const save = button("บันทึกข้อความที่รวมแล้ว", "btn btn-primary", () => choose("mine"));
    const words = document.createElement("p");
    words.textContent = "กรุณาแก้ไขในช่องเขียนด้านล่างจนได้ข้อความที่ต้องการ ข้อความที่จะบันทึกมีดังนี้";
    this.trouble.querySelector(".conflict-choices").replaceChildren(words, preview, save);
    start(this.trouble.querySelector("template[data-pmqa-merge-start]").innerHTML.trim());
    onChange(show);
    show();
  }

  /** The trouble is over. */
  clear() {
    this.trouble.replaceChildren();
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
