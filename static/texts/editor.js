/* Turns every text area with data-pmqa-editor into the rich text editor, also those that htmx brings later.

   The text area stays in the form and holds the current markup after every change, announced by an "input" event.
   Another script may put markup into it and dispatch "pmqa:reload" on it. A text area with data-pmqa-save is saved
   while one writes. */

import { Editor } from "django-prose-editor/editor";
import { Autosaver } from "pmqa-texts/autosave";
import { showCount } from "pmqa-texts/counter";
import { extensions } from "pmqa-texts/extensions";
import { FigurePanel } from "pmqa-texts/figure-panel";
import "pmqa-texts/leaving";
import { showMarkup } from "pmqa-texts/replacing";
import { Toolbar } from "pmqa-texts/toolbar";

const SELECTOR = "textarea[data-pmqa-editor]";
const editors = new Map();

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

class RichTextEditor {
  constructor(textarea) {
    this.textarea = textarea;
    this.frame = element("div", "editor");
    this.message = element("p", "editor-message", { role: "status" });
    this.message.hidden = true;
    this.editor = this.makeEditor();
    this.panel = new FigurePanel(this.editor, textarea.dataset.pmqaUpload || "", (text, bad) => this.say(text, bad));
    this.toolbar = new Toolbar(this.editor, this.panel, Boolean(textarea.dataset.pmqaUpload));
    this.html = this.currentHtml();
    this.build();
    this.listen();
    showCount(textarea, this.html);
    if (textarea.dataset.pmqaSave && textarea.form) this.autosaver = new Autosaver(this);
  }

  makeEditor() {
    const { textarea } = this;
    return new Editor({
      element: element("div", "editor-paper"),
      extensions: extensions(
        (transfer, position) => this.panel.take(transfer, position),
        textarea.dataset.pmqaUpload ? (note) => this.panel.openFor(note) : null,
      ),
      content: asMarkup(textarea.value),
      editable: !textarea.disabled && !textarea.readOnly,
      injectCSS: false,
      enablePasteRules: false,
      editorProps: {
        attributes: { class: "rich-text", ...accessibleName(textarea) },
        handleKeyDown: (view, event) => this.onKey(event),
      },
      onTransaction: () => this.toolbar?.refresh(),
      onUpdate: () => this.changed(),
    });
  }

  build() {
    const paper = this.editor.options.element;
    this.frame.append(this.toolbar.top, this.panel.element, paper, this.toolbar.bottom, this.message);
    if (this.textarea.classList.contains("is-invalid")) this.frame.classList.add("is-invalid");
    this.textarea.before(this.frame);
    // it stays where the form and its error messages expect it, but out of sight and out of the tab order
    this.textarea.classList.add("editor-source");
    this.textarea.tabIndex = -1;
    this.textarea.setAttribute("aria-hidden", "true");
  }

  listen() {
    this.onFocus = () => this.editor.view.focus();
    this.onReload = () => this.editor.commands.setContent(asMarkup(this.textarea.value), { emitUpdate: true });
    this.textarea.addEventListener("focus", this.onFocus);
    this.textarea.addEventListener("pmqa:reload", this.onReload);
    // the second bar waits for the first visit, and then stays: a button below must not move under the pointer
    this.frame.addEventListener("focusin", () => this.frame.classList.add("is-used"), { once: true });
    // a click below the last line means the end of the text
    this.editor.options.element.addEventListener("mousedown", (event) => {
      if (event.target !== event.currentTarget) return;
      event.preventDefault();
      this.editor.commands.focus("end");
    });
  }

  onKey(event) {
    if (!(event.altKey && event.key === "F10")) return false;
    this.toolbar.focus();
    return true;
  }

  /** The markup as it is sent; an empty last paragraph is the editor's, not the person's. */
  currentHtml() {
    return this.editor.isEmpty ? "" : this.editor.getHTML().replace(/(<p><\/p>)+$/, "");
  }

  changed() {
    const html = this.currentHtml();
    if (html === this.html) return;
    this.html = html;
    this.textarea.value = html;
    this.textarea.dispatchEvent(new Event("input", { bubbles: true }));
    window.clearTimeout(this.counting);
    this.counting = window.setTimeout(() => showCount(this.textarea, this.html), 120);
  }

  /** Show another text; the cursor stays where it is in what both texts have in common. */
  show(html, options) {
    showMarkup(this.editor, asMarkup(html), options);
  }

  /** An input method is in the middle of a word: the text must not be touched now. */
  get isComposing() {
    return this.editor.view.composing;
  }

  get hasFocus() {
    return this.frame.contains(document.activeElement);
  }

  say(text, bad = false) {
    this.message.textContent = text;
    this.message.hidden = !text;
    this.message.classList.toggle("editor-problem", bad);
  }

  destroy() {
    this.autosaver?.end();
    window.clearTimeout(this.counting);
    this.textarea.removeEventListener("focus", this.onFocus);
    this.textarea.removeEventListener("pmqa:reload", this.onReload);
    this.editor.destroy();
    this.frame.remove();
    restore(this.textarea);
  }
}

const OUR_TAG = /<\/?(p|br|strong|b|em|i|u|ul|ol|li|figure|img|figcaption|table|tbody|tr|th|td|div|h[1-6])(\s[^<>]*)?>/i;

/** Plain lines, typed where no script ran, become paragraphs; white space between blocks is no text. */
function asMarkup(value) {
  if (OUR_TAG.test(value)) return value.replace(/>\s*\n\s*</g, "><");
  const paper = document.createElement("div");
  for (const line of value.split("\n")) {
    if (line.trim()) paper.append(Object.assign(document.createElement("p"), { textContent: line.trim() }));
  }
  return paper.innerHTML;
}

/** The name and the description that the text area had, for the area that is edited instead. */
function accessibleName(textarea) {
  const names = { role: "textbox", "aria-multiline": "true", lang: textarea.lang || "th" };
  const label = textarea.labels?.[0];
  if (label) {
    label.id ||= `${textarea.id}-label`;
    names["aria-labelledby"] = label.id;
  } else {
    names["aria-label"] = textarea.getAttribute("aria-label") || "ข้อความ";
  }
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    if (textarea.hasAttribute(name)) names[name] = textarea.getAttribute(name);
  }
  return names;
}

function restore(textarea) {
  textarea.classList.remove("editor-source");
  textarea.removeAttribute("aria-hidden");
  textarea.removeAttribute("tabindex");
}

/** Start the editors inside `root` that do not run yet. */
export function start(root) {
  const found = [...root.querySelectorAll(SELECTOR), ...(root.matches?.(SELECTOR) ? [root] : [])];
  for (const textarea of found) {
    if (editors.has(textarea)) continue;
    // a page taken from htmx's history shows the picture of an editor that is gone
    if (textarea.previousElementSibling?.matches(".editor")) textarea.previousElementSibling.remove();
    restore(textarea);
    editors.set(textarea, new RichTextEditor(textarea));
  }
}

function stop(textarea) {
  editors.get(textarea)?.destroy();
  editors.delete(textarea);
}

document.addEventListener("htmx:load", (event) => start(event.target));
document.addEventListener("htmx:beforeCleanupElement", (event) => stop(event.target));
// an error summary links to the text area, which is out of sight
document.addEventListener("click", (event) => {
  const id = event.target.closest?.('a[href^="#"]')?.getAttribute("href").slice(1);
  const running = id && editors.get(document.getElementById(id));
  if (!running) return;
  event.preventDefault();
  running.frame.scrollIntoView({ block: "center" });
  running.editor.view.focus();
});
start(document);
