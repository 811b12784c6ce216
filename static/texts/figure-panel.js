/* Pictures: the panel in which one is chosen and described, and sending them to the server. */

import { findParentNode } from "django-prose-editor/editor";
import { csrfToken } from "pmqa-texts/csrf";
import { removeNote } from "pmqa-texts/lost-pictures";
import { hasWords } from "pmqa-texts/word-paste";

const TYPES = ["image/png", "image/jpeg", "image/webp"];
const MAX_BYTES = 10 * 1024 * 1024;
const NO_ANSWER = "ส่งภาพไม่สำเร็จ เครื่องแม่ข่ายไม่ตอบ กรุณาลองอีกครั้ง ข้อความของท่านยังอยู่";
const SIGNED_OUT =
  "ส่งภาพไม่สำเร็จ หมดเวลาการเข้าใช้ กรุณาเปิดแท็บใหม่เพื่อเข้าใช้อีกครั้ง แล้วกลับมาใส่ภาพที่หน้านี้ ข้อความของท่านยังอยู่";
const REFUSED = {
  403: "ท่านไม่มีสิทธิ์ใส่ภาพในหน่วยงานนี้ หรือหน้านี้เปิดไว้นานเกินไป กรุณาเปิดหน้านี้ใหม่",
  404: "ไม่พบหน่วยงานนี้ กรุณาเปิดหน้านี้ใหม่",
  413: "ไฟล์ภาพใหญ่เกินไป กรุณาย่อภาพก่อน",
};

/** Send one file. Returns its address; throws an Error whose message is for the person. */
export async function upload(url, file) {
  if (file.size > MAX_BYTES) throw new Error("ไฟล์ภาพใหญ่เกิน 10 เมกะไบต์ กรุณาย่อภาพก่อน");
  const body = new FormData();
  body.append("file", file);
  let response;
  try {
    response = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
  } catch {
    throw new Error(NO_ANSWER);
  }
  if (response.redirected || response.url.includes("/accounts/")) throw new Error(SIGNED_OUT);
  const answer = await response.json().catch(() => ({}));
  if (response.status === 201) return answer.url;
  throw new Error(answer.error || REFUSED[response.status] || NO_ANSWER);
}

function node(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

let panels = 0;

/** The panel of one editor. */
export class FigurePanel {
  constructor(editor, uploadUrl, say) {
    this.editor = editor;
    this.uploadUrl = uploadUrl;
    this.say = say;
    this.place = null; // where an edited figure stands; null while a new one is made
    this.note = null; // the note of a lost picture whose place the new one takes
    this.build();
  }

  build() {
    const id = `pmqa-figure-${(panels += 1)}`;
    this.file = node("input", { type: "file", id: `${id}-file`, accept: TYPES.join(","), className: "form-control" });
    this.caption = node("input", { type: "text", id: `${id}-caption`, className: "form-control", lang: "th" });
    this.alternative = node("input", { type: "text", id: `${id}-alt`, className: "form-control", lang: "th" });
    this.preview = node("img", { className: "editor-preview", alt: "", hidden: true });
    this.problem = node("p", { className: "editor-problem", hidden: true });
    this.problem.setAttribute("role", "alert");
    this.submit = node("button", { type: "button", className: "btn btn-primary btn-sm", textContent: "แทรกภาพ" });
    const cancel = node("button", { type: "button", className: "btn btn-link btn-sm", textContent: "ยกเลิก" });
    this.fileRow = node("div", {}, label(this.file, "เลือกไฟล์ภาพ (PNG, JPEG หรือ WebP ไม่เกิน 10 เมกะไบต์)"), node("div", {}, this.file));
    this.element = node(
      "div",
      { className: "editor-panel", hidden: true },
      this.fileRow,
      this.preview,
      node("p", {}, label(this.caption, "คำบรรยายใต้ภาพ"), this.caption),
      node("p", {}, label(this.alternative, "ภาพนี้แสดงอะไร (อ่านให้ผู้ที่มองไม่เห็นภาพ)"), this.alternative),
      this.problem,
      node("p", { className: "editor-panel-actions" }, this.submit, cancel),
    );
    this.element.setAttribute("role", "group");
    this.listen(cancel);
  }

  listen(cancel) {
    // its own little form inside the page's form: nothing of it is sent or watched from outside
    for (const type of ["input", "change"]) this.element.addEventListener(type, (event) => event.stopPropagation());
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.file.addEventListener("change", () => {
      this.file.toggleAttribute("data-pmqa-empty", !this.file.files.length); // pmqa.css says then that nothing is chosen
      this.show(this.file.files[0]);
    });
    this.submit.addEventListener("click", () => this.finish());
    cancel.addEventListener("click", () => this.close());
  }

  onKey(event) {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target.matches("input[type=text]")) {
      event.preventDefault();
      this.finish();
    }
  }

  /** Open for a new picture, or for the one at the cursor. */
  open() {
    const found = figureOf(this.editor);
    this.place = found ? found.pos : null;
    this.fileRow.hidden = Boolean(found);
    this.file.value = "";
    this.file.setAttribute("data-pmqa-empty", "");
    this.caption.value = found ? found.node.textContent : "";
    this.alternative.value = found ? found.node.attrs.alt : "";
    this.submit.textContent = found ? "ใช้คำบรรยายนี้" : "แทรกภาพ";
    this.element.setAttribute("aria-label", found ? "คำบรรยายภาพ" : "แทรกภาพ");
    this.show(null);
    this.fail("");
    this.element.hidden = false;
    (found ? this.caption : this.file).focus();
  }

  /** Open for a picture that could not come along with a paste. */
  openFor(note) {
    this.editor.commands.setTextSelection(note.to);
    this.open();
    this.note = note;
    this.follow = ({ transaction: { mapping } }) => {
      if (this.note) this.note = { from: mapping.map(this.note.from), to: mapping.map(this.note.to) };
    };
    this.editor.on("transaction", this.follow);
  }

  forgetNote() {
    if (this.follow) this.editor.off("transaction", this.follow);
    this.note = this.follow = null;
  }

  close() {
    this.forgetNote();
    this.show(null);
    this.element.hidden = true;
    this.editor.view.focus();
  }

  show(file) {
    if (this.preview.src) URL.revokeObjectURL(this.preview.src);
    this.preview.removeAttribute("src");
    this.preview.hidden = !file;
    if (file) this.preview.src = URL.createObjectURL(file);
  }

  fail(message) {
    this.problem.textContent = message;
    this.problem.hidden = !message;
  }

  async finish() {
    if (this.place !== null) return this.change();
    const file = this.file.files[0];
    if (!file) return this.fail("กรุณาเลือกไฟล์ภาพก่อน");
    this.fail("");
    this.submit.disabled = true;
    this.say("กำลังนำภาพเข้า…");
    try {
      const src = await upload(this.uploadUrl, file);
      this.insert(src, this.alternative.value.trim(), this.caption.value.trim(), this.note?.to);
      if (this.note) removeNote(this.editor, this.note);
      this.close();
      this.say("แทรกภาพแล้ว");
    } catch (error) {
      this.fail(error.message);
      this.say("");
    } finally {
      this.submit.disabled = false;
    }
  }

  change() {
    const { state } = this.editor;
    const figure = state.doc.nodeAt(this.place);
    if (figure?.type.name === "figure") {
      const tr = state.tr.setNodeMarkup(this.place, null, { ...figure.attrs, alt: this.alternative.value.trim() });
      const caption = this.caption.value.trim();
      // an unchanged caption keeps its bold and italic
      if (caption !== figure.textContent) {
        const from = this.place + 1;
        tr.replaceWith(from, from + figure.content.size, caption ? state.schema.text(caption) : []);
      }
      this.editor.view.dispatch(tr);
    }
    this.close();
  }

  insert(src, alt, caption, position = this.editor.state.selection.to) {
    const content = caption ? [{ type: "text", text: caption }] : [];
    this.editor.commands.insertContentAt(afterBlock(this.editor, position), { type: "figure", attrs: { src, alt }, content });
  }

  /** Pictures in a paste or a drop; true when they are taken. Words that came with them win. */
  take(transfer, position) {
    const files = [...(transfer?.files || [])].filter((file) => file.type.startsWith("image/"));
    if (!files.length || hasWords(transfer.getData("text/html"))) return false;
    if (!this.uploadUrl) this.say("หน้านี้ใส่ภาพไม่ได้", true);
    else this.sendAll(files, position);
    return true;
  }

  async sendAll(files, position) {
    // typing goes on while a picture travels, so the place is followed through the changes
    let place = position;
    const follow = ({ transaction }) => (place = transaction.mapping.map(place));
    this.editor.on("transaction", follow);
    try {
      for (const file of files) {
        this.say("กำลังนำภาพเข้า…");
        if (!TYPES.includes(file.type)) throw new Error("ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP กรุณาเลือกไฟล์ภาพอื่น");
        this.insert(await upload(this.uploadUrl, file), "", "", place);
      }
      this.say("แทรกภาพแล้ว กรุณาเขียนคำบรรยายใต้ภาพ");
    } catch (error) {
      this.say(error.message, true);
    } finally {
      this.editor.off("transaction", follow);
    }
  }
}

/** The figure at the cursor: {node, pos}, or undefined. */
export function figureOf(editor) {
  const { selection } = editor.state;
  if (selection.node?.type.name === "figure") return { node: selection.node, pos: selection.from };
  return findParentNode((inner) => inner.type.name === "figure")(selection);
}

/** The end of the paragraph, picture or table at a position: a picture never splits a sentence. */
function afterBlock(editor, position) {
  const { doc } = editor.state;
  const place = doc.resolve(Math.min(position, doc.content.size));
  return place.depth && place.parent.isTextblock ? place.after() : place.pos;
}

function label(field, text) {
  return node("label", { htmlFor: field.id, className: "form-label", textContent: text });
}
