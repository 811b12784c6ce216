/* The bar above the text, and the bar below it that appears in lists, tables and pictures. */

import { canIndent, changeList, indent, innermostList, outdent, toggleList } from "pmqa-texts/extensions";
import { figureOf } from "pmqa-texts/figure-panel";
import { toArabicDigits } from "pmqa-texts/normalise";

const run = (name, ...args) => (editor) => editor.chain().focus()[name](...args).run();
const mark = (name) => (editor) => editor.isActive(name);
const inList = (type) => (editor) => innermostList(editor)?.node.type.name === type;
const inTable = (editor) => editor.isActive("table");

/* label, what it does; pressed: a state to show; when: shown or possible only then */
const MAIN = [
  { label: "ตัวหนา", keys: "Control+B", className: "editor-bold", run: run("toggleBold"), pressed: mark("bold") },
  { label: "ตัวเอียง", keys: "Control+I", className: "editor-italic", run: run("toggleItalic"), pressed: mark("italic") },
  { label: "ขีดเส้นใต้", keys: "Control+U", className: "editor-underline", run: run("toggleUnderline"), pressed: mark("underline") },
  { label: "รายการลำดับ", run: (editor) => toggleList(editor, "orderedList"), pressed: inList("orderedList") },
  { label: "รายการจุด", run: (editor) => toggleList(editor, "bulletList"), pressed: inList("bulletList") },
  { label: "ภาพ", run: (editor, panel) => panel.open(), needsUpload: true },
  {
    label: "ตาราง",
    run: run("insertTable", { rows: 3, cols: 2, withHeaderRow: true }),
    possible: (editor) => !inTable(editor) && !innermostList(editor) && !figureOf(editor),
  },
  { label: "เลิกทำ", keys: "Control+Z", run: run("undo"), possible: (editor) => editor.can().undo() },
  { label: "ทำซ้ำ", keys: "Control+Y", run: run("redo"), possible: (editor) => editor.can().redo() },
];

function markerButton(type, marker, label, name) {
  return {
    label,
    name,
    className: "editor-marker",
    run: (editor) => changeList(editor, type, { marker }),
    pressed: (editor) => innermostList(editor)?.node.attrs.marker === marker,
    when: inList(type),
  };
}

const CONTEXT = [
  markerButton("orderedList", null, "1.", "ลำดับแบบ 1."),
  markerButton("orderedList", "marker-paren", "1)", "ลำดับแบบ 1)"),
  markerButton("orderedList", "marker-bracket", "(1)", "ลำดับแบบ (1)"),
  markerButton("orderedList", "marker-thai", "๑.", "ลำดับแบบ ๑."),
  markerButton("orderedList", "marker-circle", "❶", "ลำดับแบบ ❶"),
  markerButton("bulletList", null, "●", "จุดแบบ ●"),
  markerButton("bulletList", "marker-dash", "–", "จุดแบบ –"),
  { label: "ย่อเข้า", keys: "Control+]", run: indent, possible: canIndent, when: innermostList },
  { label: "ย่อออก", keys: "Control+[", run: outdent, when: innermostList },
  { label: "เพิ่มแถว", run: run("addRowAfter"), when: inTable },
  { label: "ลบแถว", run: run("deleteRow"), when: inTable },
  { label: "เพิ่มคอลัมน์", run: run("addColumnAfter"), when: inTable },
  { label: "ลบคอลัมน์", run: run("deleteColumn"), when: inTable },
  { label: "แถวหัวตาราง", run: run("toggleHeaderRow"), when: inTable },
  { label: "ลบตาราง", run: run("deleteTable"), when: inTable },
  { label: "แก้คำบรรยายภาพ", run: (editor, panel) => panel.open(), when: figureOf },
  { label: "ลบภาพ", run: deleteFigure, when: figureOf },
];

function deleteFigure(editor) {
  const figure = figureOf(editor);
  return editor.chain().focus().deleteRange({ from: figure.pos, to: figure.pos + figure.node.nodeSize }).run();
}

/** A row of buttons of which one can be tabbed to, and arrows go to the others. */
class ButtonRow {
  constructor(editor, panel, items, label) {
    this.editor = editor;
    this.element = document.createElement("div");
    this.element.className = "editor-buttons";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", label);
    this.buttons = items.map((item) => this.add(item, panel));
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.refresh();
  }

  add(item, panel) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: item.label, tabIndex: -1, className: item.className || "" });
    if (item.name) button.setAttribute("aria-label", item.name);
    if (item.keys) {
      button.setAttribute("aria-keyshortcuts", item.keys);
      button.title = `${item.label} (${item.keys.replace("Control", "Ctrl")})`;
    }
    // the text keeps its selection while a button is pressed
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") item.run(this.editor, panel);
    });
    this.element.append(button);
    return { button, item };
  }

  /** Show what is true at the cursor. */
  refresh() {
    for (const { button, item } of this.buttons) {
      if (item.when) button.hidden = !item.when(this.editor);
      if (item.pressed) button.setAttribute("aria-pressed", String(Boolean(item.pressed(this.editor))));
      if (item.possible) button.setAttribute("aria-disabled", String(!item.possible(this.editor)));
    }
    const shown = this.shown();
    this.element.hidden = !shown.length;
    if (!shown.some((button) => button.tabIndex === 0)) this.stop(shown[0]);
  }

  shown() {
    return this.buttons.map(({ button }) => button).filter((button) => !button.hidden);
  }

  stop(target) {
    for (const { button } of this.buttons) button.tabIndex = button === target ? 0 : -1;
  }

  onKey(event) {
    const shown = this.shown();
    const at = shown.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (event.key === "Escape") this.editor.view.focus();
    if (to === undefined) return;
    event.preventDefault();
    const target = shown[(to + shown.length) % shown.length];
    this.stop(target);
    target.focus();
  }
}

/** Both bars of one editor. */
export class Toolbar {
  constructor(editor, panel, canUpload) {
    const main = MAIN.filter((item) => canUpload || !item.needsUpload);
    this.editor = editor;
    this.main = new ButtonRow(editor, panel, main, "จัดรูปแบบข้อความ");
    this.context = new ButtonRow(editor, panel, CONTEXT, "รายการ ตาราง และภาพ");
    this.top = this.main.element;
    this.bottom = document.createElement("div");
    this.bottom.className = "editor-context";
    this.bottom.append(this.context.element, this.startField());
    this.top.classList.add("editor-top");
    this.refresh();
  }

  startField() {
    this.start = Object.assign(document.createElement("input"), {
      type: "text", inputMode: "numeric", maxLength: 3, className: "editor-start",
    });
    for (const type of ["input", "change"]) this.start.addEventListener(type, (event) => event.stopPropagation());
    this.start.addEventListener("change", () => this.applyStart());
    this.start.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.applyStart();
      this.editor.view.focus();
    });
    this.startLabel = document.createElement("label");
    this.startLabel.append("เริ่มที่ ", this.start);
    return this.startLabel;
  }

  applyStart() {
    const typed = toArabicDigits(this.start.value.trim());
    const list = innermostList(this.editor);
    if (list && /^[0-9]{1,3}$/.test(typed)) {
      const { tr } = this.editor.state;
      this.editor.view.dispatch(tr.setNodeMarkup(list.pos, null, { ...list.node.attrs, start: Math.max(Number(typed), 1) }));
    }
    this.refresh();
  }

  /** Called after every change of the text or the selection. */
  refresh() {
    this.main.refresh();
    this.context.refresh();
    const list = innermostList(this.editor)?.node;
    this.startLabel.hidden = list?.type.name !== "orderedList";
    if (list && document.activeElement !== this.start) this.start.value = list.attrs.start;
    this.bottom.hidden = this.context.element.hidden;
  }

  focus() {
    this.main.shown().find((button) => button.tabIndex === 0)?.focus();
  }
}
