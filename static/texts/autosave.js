/* Saves one text while it is written.

   A second after the last key the newest text (`draft`) is sent; one request at a time. What is not acknowledged stands
   in the store of this browser as well. A text whose fate is not known (`pending`) is repeated under its own key before
   anything newer, so that nobody gets into a conflict with himself. The version on which the next text builds (`base`)
   comes from the server's answers only. */

import { react } from "pmqa-texts/answers";
import { Notices } from "pmqa-texts/conflict";
import { deliver, newKey } from "pmqa-texts/delivery";
import { say } from "pmqa-texts/save-state";
import * as unsent from "pmqa-texts/unsent";
import { answer, living } from "pmqa-texts/windows";

const PAUSE_MS = 1_000; // after the last key
const LONGEST_MS = 5_000; // of writing without a pause
const KEEP_MS = 250;
// states in which only a press of «บันทึก», and with it the form itself, goes on
const FOR_THE_FORM = ["refused", "locked", "asked"];

/** The autosavers of this page. */
export const running = new Set();

/** The autosaver of the text in this form, if there is one. */
export function autosaverIn(form) {
  return [...running].find((saver) => saver.form === form);
}

/** Send everything of this page; true when nothing is unsent any more. */
export async function flushAll() {
  const results = await Promise.all([...running].map((saver) => saver.flush()));
  return results.every(Boolean);
}

export class Autosaver {
  constructor(editor) {
    this.editor = editor;
    this.textarea = editor.textarea;
    this.form = editor.textarea.form;
    this.user = document.body.dataset.pmqaUser ?? "";
    this.writer = newKey();
    this.began = Date.now();
    this.base = Number(this.form.elements.base_version.value);
    this.known = editor.html; // what the server has, in the editor's words; null when that is not known
    this.draft = null;
    this.pending = null;
    this.halted = "";
    this.failures = 0;
    this.notices = new Notices(this.form);
    // a browser that puts the fields of a page back would mix them with those of another load
    this.form.autocomplete = "off";
    this.onInput = () => this.changed();
    this.textarea.addEventListener("input", this.onInput);
    this.stopAnswering = answer(this.writer, {
      user: this.user,
      asked: () => this.retryNow(),
      givenUp: () => this.giveUp(),
    });
    running.add(this);
    this.takeRefused();
    this.ready = this.restore();
  }

  get address() {
    return this.textarea.dataset.pmqaSave;
  }

  get isUnsent() {
    return Boolean(this.draft || this.pending);
  }

  /** Whether the form has to be sent as it is, because only its answer shows what is wrong, or is the decision. */
  get leavesItToTheForm() {
    return FOR_THE_FORM.includes(this.halted);
  }

  /* The server sent the form back: what stands in it is not saved. Beside a conflict the next press is a decision. */
  takeRefused() {
    if (!this.form.dataset.pmqaUnsaved || (!this.editor.html && !this.base)) return;
    this.known = null;
    this.draft = { html: this.editor.html, key: newKey() };
    if (this.form.dataset.pmqaConflict !== undefined) this.halted = "asked";
    else this.sendSoon();
  }

  /* -- writing -- */

  changed() {
    if (this.isShowing || this.gaveUp) return;
    const { html } = this.editor;
    if (this.halted === "refused") this.halted = "";
    if (!this.pending && html === this.known) return this.unchanged();
    this.draft = { html, key: newKey() };
    this.onChange?.();
    this.keepSoon();
    if (this.halted === "locked") say(this.form, "ยังไม่ได้บันทึก", { kind: "bad", calm: true });
    else if (!this.halted && !this.failures) say(this.form, "ยังไม่ได้บันทึก", { calm: true });
    this.mark();
    // while the line is down the clock of the retries goes on
    if (!this.failures) this.sendSoon();
  }

  /* Taken back to what the server has. */
  unchanged() {
    this.draft = null;
    window.clearTimeout(this.sending);
    this.forget();
    this.mark();
    say(this.form, this.lastWords ?? "", { kind: this.lastWords ? "ok" : "", calm: true });
  }

  /* The form counts as unsaved while its text or anything beside it is. */
  mark() {
    if (this.isUnsent || this.form.dataset.pmqaDetails) this.form.dataset.pmqaUnsaved = "yes";
    else delete this.form.dataset.pmqaUnsaved;
  }

  /** Put another text into the editor; nobody typed it. */
  show(html, options = {}) {
    this.isShowing = true;
    this.editor.show(html, options);
    this.isShowing = false;
    if (options.undoable) this.changed();
  }

  /* -- the store -- */

  get row() {
    const { pending, draft, form } = this;
    return {
      user: this.user,
      address: this.address,
      writer: this.writer,
      html: draft.html,
      key: draft.key,
      base_version: pending?.base_version ?? this.base,
      pending: pending && (pending.key !== draft.key || pending.choice) ? pending : null,
      at: Date.now(),
      began: this.began,
      page: location.pathname,
      title: this.title,
      uid: form.dataset.pmqaNew === undefined ? "" : form.elements.uid.value,
      trouble: this.halted,
    };
  }

  get title() {
    const words = ["main .crumb", "main h1"].map((place) => document.querySelector(place)?.textContent.trim());
    return words.filter(Boolean).join(" ").replace("← ", "");
  }

  keepSoon() {
    this.keeping ??= window.setTimeout(() => this.keepNow(), KEEP_MS);
  }

  async keepNow() {
    window.clearTimeout(this.keeping);
    this.keeping = null;
    if (this.draft && this.user && !this.gaveUp) this.isKept = await unsent.keep(this.row);
  }

  forget() {
    window.clearTimeout(this.keeping);
    this.keeping = null;
    return unsent.erase({ user: this.user, address: this.address, writer: this.writer });
  }

  /* What a window that is gone now left behind for this text comes back into the editor and is sent. */
  async restore() {
    const rows = this.user ? await unsent.of(this.user, this.address) : [];
    const alive = await living(rows.map((row) => row.writer));
    const left = rows.find((row) => !alive.has(row.writer));
    if (left) await this.resume(left);
  }

  /** Go on with a row of the store as if it had been typed here. */
  async resume(row) {
    // somebody types faster than the disk reads: that copy waits for the next page
    if (this.draft || this.ended) return void (row.html === this.draft?.html && unsent.erase(row));
    if (row.html === this.known && !row.pending) return void unsent.erase(row);
    [this.base, this.pending, this.known] = [row.base_version, row.pending, null];
    this.draft = { html: row.html, key: row.key };
    this.began = row.began;
    this.show(row.html);
    this.setForm();
    this.mark();
    const when = new Date(row.at).toLocaleString("th-TH", { dateStyle: "medium", timeStyle: "short" });
    this.editor.say(`นำข้อความที่พิมพ์ค้างไว้เมื่อ ${when} น. กลับมาแล้ว`);
    await unsent.take(row, this.writer);
    this.send();
  }

  /* -- sending -- */

  sendSoon() {
    if (!this.isUnsent || this.halted || this.isPaused) return;
    this.firstChange ??= Date.now();
    const wait = Math.max(Math.min(PAUSE_MS, this.firstChange + LONGEST_MS - Date.now()), 0);
    window.clearTimeout(this.sending);
    this.sending = window.setTimeout(() => this.send(), wait);
  }

  retryIn(seconds) {
    this.failures += 1;
    window.clearTimeout(this.sending);
    this.sending = window.setTimeout(() => this.send(), seconds * 1_000);
  }

  /** Send the oldest text that is not acknowledged; resolves when its answer was dealt with. */
  send() {
    if (this.exchange) return this.exchange;
    if (!this.isUnsent || this.halted || this.isPaused || this.ended) return Promise.resolve();
    this.exchange = this.exchangeOnce().finally(() => {
      this.exchange = null;
      if (!this.failures) this.sendSoon();
    });
    return this.exchange;
  }

  async exchangeOnce() {
    window.clearTimeout(this.sending);
    this.firstChange = null;
    this.pending ??= { ...this.draft, base_version: this.base };
    const message = this.pending;
    this.keepNow();
    if (!this.failures) say(this.form, "กำลังบันทึก…", { calm: true });
    const got = await deliver(this.address, message, this.user);
    if (this.gaveUp) return;
    react(this, got, message);
    this.mark();
  }

  /** Everything now, as a press of «บันทึก» wants it; true when nothing is unsent any more. */
  async flush() {
    await this.ready;
    await this.exchange;
    let failures;
    do {
      failures = this.failures;
      await this.send();
    } while (this.isUnsent && !this.halted && !this.isPaused && !this.ended && this.failures <= failures);
    return !this.isUnsent;
  }

  /** Everything once more before the person goes, also what was refused before; a conflict still needs its decision. */
  lastTry() {
    if (!["conflict", "asked"].includes(this.halted)) this.halted = "";
    return this.flush();
  }

  /** Try again at once; with only: "failed" where it failed before. The person may be back who has the right to it. */
  retryNow({ only } = {}) {
    if (["forbidden", "gone"].includes(this.halted)) this.halted = "";
    else if (only && !this.failures) return;
    this.send();
  }

  /** While the form itself is on its way nothing else of it is sent. */
  pause() {
    this.isPaused = true;
    window.clearTimeout(this.sending);
  }

  unpause() {
    this.isPaused = false;
    this.sendSoon();
  }

  /* -- after an answer -- */

  /** This very text is committed as that version; whatever was typed since builds on it. */
  settle(message, version) {
    this.pending = null;
    this.failures = 0;
    this.base = version;
    this.notices.clear();
    if (version) delete this.form.dataset.pmqaNew;
    if (this.draft?.key === message.key) this.letGo(message);
    else this.keepNow();
    this.known = message.html;
    unsent.eraseEdit(this.user, this.address, message.key);
    this.setForm(message);
    this.form.dispatchEvent(new CustomEvent("pmqa:text-saved", { bubbles: true }));
  }

  /** The newest text is delivered. */
  letGo(message) {
    this.draft = null;
    this.known = message.html;
    this.forget();
  }

  /** The server has a newer text than ours: show it, unless somebody is in the middle of writing. */
  follow({ html, current }, message) {
    if (this.draft || this.editor.isComposing) {
      // the next save is merged again; after giving way it starts where the person's own text began
      this.draft ??= { html: message.html, key: newKey() };
      if (message.choice === "theirs") this.base = message.parent;
      return;
    }
    this.show(html);
    this.base = current;
    this.known = this.editor.html;
    this.setForm();
  }

  /** The person decides: mine on top of the version shown, or theirs with mine in the history. */
  choose(choice, version) {
    this.halted = "";
    this.onChange = null;
    this.draft = { html: this.editor.html, key: newKey() };
    this.pending = { ...this.draft, base_version: version, choice, parent: this.base };
    this.send();
  }

  /* The form must not say anything older than what was saved. A text that goes out once more with a page's form carries
     the key that it was saved under: the server answers, and stores nothing twice. */
  setForm(message) {
    const { elements } = this.form;
    const goesOutAgain = message && !message.choice && !this.draft && !elements.uid;
    elements.base_version.value = String(goesOutAgain ? message.base_version : this.base);
    elements.key.value = goesOutAgain ? message.key : newKey();
  }

  /** The form was sent and the server took this text with it. */
  committed({ version, html }) {
    [this.base, this.known, this.halted, this.pending] = [version, html, "", null];
    this.notices.clear();
    this.draft = null;
    this.changed();
  }

  /** The person signs out and gives up what was not sent. */
  giveUp() {
    this.gaveUp = true;
    this.draft = this.pending = null;
    this.forget();
    delete this.form.dataset.pmqaUnsaved;
  }

  /** The text area leaves the page. What is unsent stays in the store. */
  end() {
    this.ended = true;
    running.delete(this);
    window.clearTimeout(this.sending);
    if (this.keeping) this.keepNow();
    this.textarea.removeEventListener("input", this.onInput);
    this.stopAnswering();
    this.notices.remove();
  }
}
