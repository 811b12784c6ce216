/* Saves one text while it is written.

   A second after the last key the newest text is sent; one request at a time. What is not acknowledged stands in the
   store of this browser as well. A text whose fate is not known (`pending`) is repeated under its own key before
   anything newer, so that nobody gets into a conflict with himself. The version on which the next text builds
   (`base`) comes from the server's answers only. */

import { Notices } from "pmqa-texts/conflict";
import { deliver, newKey } from "pmqa-texts/delivery";
import { reasonOf, say, signInLink } from "pmqa-texts/save-state";
import * as unsent from "pmqa-texts/unsent";
import { downloadButton } from "pmqa-texts/unsent-file";
import { answer, living } from "pmqa-texts/windows";

const PAUSE_MS = 1_000; // after the last key
const LONGEST_MS = 5_000; // of writing without a pause
const KEEP_MS = 250;
const RETRY_SECONDS = [1, 2, 4, 8, 16, 30];
const SIGNED_OUT_SECONDS = 30;
const LOST_RIGHT = "ท่านไม่มีสิทธิ์เขียนส่วนนี้แล้ว ข้อความยังอยู่ในหน้านี้และในเครื่องนี้ กรุณาดาวน์โหลดเก็บไว้ หรือแจ้งฝ่ายเลขานุการ";
const GONE = "ไม่พบรายการนี้แล้ว อาจมีผู้นำออกไป ข้อความยังอยู่ในหน้านี้และในเครื่องนี้ กรุณาดาวน์โหลดเก็บไว้";
const LOCKED = "แบบฟอร์มนี้ส่งหรือปิดแล้ว จึงไม่ได้บันทึกข้อความนี้";

const running = new Set();

/** The autosaver of the text in this form, if there is one. */
export function autosaverIn(form) {
  return [...running].find((autosaver) => autosaver.form === form);
}

/** Send everything of this page; true when nothing is unsent any more. */
export async function flushAll() {
  const results = await Promise.all([...running].map((autosaver) => autosaver.flush()));
  return results.every(Boolean);
}

export class Autosaver {
  constructor(editor) {
    this.editor = editor;
    this.textarea = editor.textarea;
    this.form = editor.textarea.form;
    this.user = document.body.dataset.pmqaUser ?? "";
    this.writer = newKey();
    this.base = Number(this.form.elements.base_version.value);
    this.known = editor.html; // what the server has, in the editor's words; null when that is not known
    this.draft = null;
    this.pending = null;
    this.halted = "";
    this.failures = 0;
    this.notices = new Notices(this.form);
    this.listen();
    this.takeRefused();
    this.ready = this.restore();
    running.add(this);
  }

  listen() {
    this.onInput = () => this.changed();
    this.textarea.addEventListener("input", this.onInput);
    const asked = () => this.retryNow();
    this.stopAnswering = answer(this.writer, { user: this.user, asked, givenUp: () => this.giveUp() });
  }

  get address() {
    return this.textarea.dataset.pmqaSave;
  }

  get isUnsent() {
    return Boolean(this.draft || this.pending);
  }

  /** Whether the form itself has to be sent, because only its answer shows what is wrong or is the decision. */
  get leavesItToTheForm() {
    return ["refused", "locked", "asked"].includes(this.halted);
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
    if (this.isShowing) return;
    const { html } = this.editor;
    if (this.halted === "refused") this.halted = "";
    if (!this.pending && (html === this.known || (!html && !this.base && this.known === ""))) return this.unchanged();
    this.draft = { html, key: newKey() };
    this.onChange?.();
    this.keepSoon();
    if (!this.halted) say(this.form, "ยังไม่ได้บันทึก", { calm: true });
    this.mark();
    this.sendSoon();
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

  /* -- the store -- */

  get row() {
    const { pending, draft } = this;
    return {
      user: this.user,
      address: this.address,
      writer: this.writer,
      html: draft.html,
      key: draft.key,
      base_version: pending?.base_version ?? this.base,
      pending: pending && (pending.key !== draft.key || pending.choice) ? pending : null,
      at: Date.now(),
      page: location.pathname,
      title: this.title,
      isNew: this.form.dataset.pmqaNew !== undefined && this.base === 0,
      uid: this.form.elements.uid?.value ?? "",
      trouble: this.halted,
    };
  }

  get title() {
    return `${document.querySelector("main .crumb")?.textContent.trim() ?? ""} ${document.querySelector("h1")?.textContent.trim() ?? ""}`.trim();
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
    if (!this.user) return;
    await unsent.prepare();
    let rows = await unsent.of(this.user, this.address);
    if (!rows.length) return;
    const alive = await living(rows.map((row) => row.writer));
    rows = rows.filter((row) => !alive.has(row.writer));
    // somebody types faster than the disk reads: that copy waits for the next page
    if (!rows.length || this.draft || this.ended) return;
    await this.resume(rows[0]);
  }

  /** Go on with a row of the store as if it had been typed here. */
  async resume(row) {
    await unsent.take(row, this.writer);
    if (this.draft || this.ended) return;
    if (row.html === this.known && !row.pending) return void this.forget();
    this.base = row.base_version;
    this.pending = row.pending;
    this.draft = { html: row.html, key: row.key };
    this.known = null;
    this.show(row.html);
    this.setForm();
    this.mark();
    const when = new Date(row.at).toLocaleString("th-TH", { dateStyle: "medium", timeStyle: "short" });
    this.editor.say(`นำข้อความที่พิมพ์ค้างไว้เมื่อ ${when} น. กลับมาแล้ว`);
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

  /** Send the oldest text that is not acknowledged; resolves when its answer was dealt with. */
  send() {
    if (this.exchange) return this.exchange;
    if (!this.isUnsent || this.halted || this.isPaused || this.ended) return Promise.resolve();
    this.exchange = this.exchangeOnce().finally(() => (this.exchange = null));
    return this.exchange;
  }

  async exchangeOnce() {
    window.clearTimeout(this.sending);
    this.firstChange = null;
    this.pending ??= { ...this.draft, base_version: this.base };
    const message = this.pending;
    this.keepNow();
    say(this.form, "กำลังบันทึก…", { calm: true });
    const got = await deliver(this.address, message, this.user);
    const react = this[`on_${got.state}`] ?? this.on_unreachable;
    await react.call(this, got, message);
    this.mark();
    if (this.isUnsent && !this.failures) this.sendSoon();
  }

  /** Everything now, as a press of «บันทึก» wants it; true when nothing is unsent any more. */
  async flush() {
    await this.ready;
    await this.exchange;
    for (let tries = this.failures; this.isUnsent && !this.halted && !this.isPaused && this.failures <= tries; ) {
      tries = this.failures;
      await this.send();
    }
    return !this.isUnsent;
  }

  /** While the form itself is on its way nothing else of it is sent. */
  pause() {
    this.isPaused = true;
    window.clearTimeout(this.sending);
  }

  resumeSending() {
    this.isPaused = false;
    this.sendSoon();
  }

  retryNow() {
    if (this.isUnsent && !this.halted) this.send();
  }

  /* -- answers -- */

  on_saved(got, message) {
    this.settle(message, got.version);
    if (message.choice === "theirs" && got.html !== undefined) this.follow(got, message);
    this.sayClock(got.clock);
  }

  on_merged(got, message) {
    this.settle(message, got.version);
    this.follow(got, message);
    if (got.notice) this.notices.showMerged(got.notice);
    this.sayClock(got.clock);
  }

  /* This very text is committed; whatever was typed since builds on it. */
  settle(message, version) {
    this.pending = null;
    this.failures = 0;
    this.base = version;
    this.known = message.html;
    this.acknowledged = { ...message, version };
    delete this.form.dataset.pmqaNew;
    if (message.choice) this.notices.clear();
    if (this.draft?.key === message.key) {
      this.draft = null;
      this.forget();
    } else {
      this.keepNow();
    }
    unsent.eraseEdit(this.user, this.address, message.key);
    this.setForm(message);
    this.textarea.dispatchEvent(new CustomEvent("pmqa:saved", { bubbles: true }));
  }

  /* The server has a newer text than ours: show it, unless somebody is in the middle of writing. */
  follow(got, message) {
    if (this.draft || this.editor.isComposing) {
      // the next save is merged again
      this.draft ??= { html: message.html, key: newKey() };
      if (message.choice === "theirs") this.base = message.parent;
      return;
    }
    this.show(got.html);
    this.base = got.current ?? got.version;
    this.known = this.editor.html;
    this.acknowledged = null;
    this.setForm();
  }

  on_conflict(got, message) {
    this.pending = null;
    this.failures = 0;
    this.halted = "conflict";
    this.draft ??= { html: message.html, key: newKey() };
    this.keepNow();
    say(this.form, "ยังไม่ได้บันทึก – มีผู้แก้ไขข้อความนี้ก่อนท่าน กรุณาเลือกด้านบน", { kind: "bad" });
    this.notices.showConflict(got.panel, {
      isWriting: this.editor.hasFocus,
      choose: (choice) => this.choose(choice, got.version),
      current: {
        start: (html) => this.show(html, { undoable: true }),
        html: () => this.editor.html,
        onChange: (action) => (this.onChange = action),
      },
    });
  }

  /** The person decides: mine on top of the version shown, or theirs with mine in the history. */
  choose(choice, version) {
    this.halted = "";
    this.onChange = null;
    const edit = { html: this.editor.html, key: newKey() };
    this.draft = edit;
    this.pending = { ...edit, base_version: version, choice, parent: this.base };
    this.keepNow();
    this.send();
  }

  on_locked(got, message) {
    this.pending = null;
    this.failures = 0;
    this.halted = "locked";
    const words = got.message || LOCKED;
    if (got.proposal) {
      if (this.draft?.key === message.key) this.draft = null;
      this.known = message.html;
      if (!this.draft) this.forget();
      this.notices.showTrouble(words);
      say(this.form, "เก็บข้อความไว้เป็นข้อเสนอแล้ว");
    } else {
      this.keepNow();
      this.notices.showTrouble(words, this.fileButton());
      say(this.form, "ยังไม่ได้บันทึก", { kind: "bad" });
    }
  }

  on_refused(got) {
    this.pending = null;
    this.failures = 0;
    // what was typed meanwhile may be right already
    if (this.draft && this.draft.html !== this.editor.html) return;
    this.halted = "refused";
    this.keepNow();
    say(this.form, `ยังไม่ได้บันทึก – ${got.message}`, { kind: "bad" });
  }

  on_forbidden(got) {
    this.stopFor("forbidden", got.message || LOST_RIGHT);
  }

  on_gone(got) {
    this.stopFor("gone", got.message || GONE);
  }

  stopFor(state, words) {
    this.pending = null;
    this.failures = 0;
    this.halted = state;
    this.keepNow();
    this.notices.showTrouble(words, this.fileButton());
    say(this.form, "ยังไม่ได้บันทึก", { kind: "bad" });
  }

  on_signed_out(got) {
    const where = this.isKept ? "ข้อความยังอยู่ในเครื่องนี้" : "ข้อความยังอยู่ในหน้านี้";
    const link = signInLink(got.login || "/accounts/login/");
    say(this.form, `ยังไม่ได้บันทึก – หมดเวลาการเข้าใช้ ${where} กรุณาเข้าใช้อีกครั้ง`, { kind: "bad", link });
    this.retryIn(SIGNED_OUT_SECONDS);
  }

  on_busy(got) {
    this.on_unreachable(got);
  }

  on_unreachable(got) {
    const where = this.isKept ? "เครื่องนี้" : "หน้านี้";
    const words = `ยังไม่ได้บันทึก – ${reasonOf(got)} จะลองใหม่ ข้อความยังอยู่ใน${where}`;
    // said aloud once, not at every try
    say(this.form, words, { kind: "bad", calm: this.failures > 0 });
    this.retryIn(Math.max(RETRY_SECONDS[this.failures] ?? RETRY_SECONDS.at(-1), got.seconds ?? 0));
  }

  retryIn(seconds) {
    this.failures += 1;
    window.clearTimeout(this.sending);
    this.sending = window.setTimeout(() => this.send(), seconds * 1_000);
  }

  sayClock(clock) {
    this.lastWords = `✓ บันทึกแล้ว ${clock} น.`;
    if (this.isUnsent) say(this.form, "ยังไม่ได้บันทึก", { calm: true });
    else say(this.form, this.lastWords, { kind: "ok", calm: true });
  }

  fileButton() {
    return downloadButton(async () => [this.draft ? this.row : { ...this.acknowledged, title: this.title, at: Date.now(), html: this.editor.html }]);
  }

  /* -- the form and the editor around -- */

  show(html, options) {
    this.isShowing = true;
    this.editor.show(html, options);
    this.isShowing = false;
    if (options?.undoable) this.changed();
  }

  /* The form must not say anything older than what was saved. A text that goes out once more with the form carries the
     key that it was saved under: the server answers, and stores nothing twice. */
  setForm(message) {
    const { elements } = this.form;
    elements.base_version.value = String(this.base);
    elements.key.value = newKey();
    if (message && !message.choice && this.form.dataset.pmqaActivity === undefined) {
      elements.base_version.value = String(message.base_version);
      elements.key.value = message.key;
    }
  }

  /** The form was sent and the server took this text with it. */
  committed({ version, html }) {
    this.base = version;
    this.known = html;
    this.halted = "";
    this.pending = null;
    this.notices.clear();
    if (this.editor.html === html) {
      this.draft = null;
      this.forget();
    } else {
      this.draft = { html: this.editor.html, key: newKey() };
      this.keepNow();
    }
    this.mark();
  }

  /** The person signs out and gives up what was not sent. */
  giveUp() {
    this.gaveUp = true;
    this.halted = "given up";
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

/* -- the page -- */

function retryAll() {
  for (const autosaver of running) if (autosaver.failures) autosaver.retryNow();
}

/* The store first: it is written even if the request does not get through. */
function leave() {
  for (const autosaver of running) {
    if (!autosaver.isUnsent) continue;
    autosaver.keepNow();
    autosaver.retryNow();
  }
}

window.addEventListener("online", retryAll);
window.addEventListener("focus", retryAll);
window.addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : retryAll()));
window.addEventListener("beforeunload", (event) => {
  if (![...running].some((autosaver) => autosaver.isUnsent)) return;
  leave();
  event.preventDefault();
  event.returnValue = true; // Chrome before 119
});

/* Whoever signs out asks what is unsent here; the store may not be able to tell. */
document.addEventListener("pmqa:flush", (event) => {
  for (const autosaver of running) {
    event.detail.push(autosaver.flush().then((sent) => (sent ? null : autosaver.row)));
  }
});
document.addEventListener("pmqa:give-up", () => {
  for (const autosaver of running) autosaver.giveUp();
});

/* A link that is followed in the second after the last key takes the text along instead of asking about it. */
const LINK_WAIT_MS = 3_000;

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const address = new URL(link.href, location.href);
  const inside = address.origin === location.origin && address.pathname + address.search !== location.pathname + location.search;
  if (!inside || link.target || link.hasAttribute("download") || link.hasAttribute("hx-get")) return;
  if (![...running].some((autosaver) => autosaver.isUnsent)) return;
  event.preventDefault();
  const patience = new Promise((resolve) => window.setTimeout(resolve, LINK_WAIT_MS));
  await Promise.race([flushAll(), patience]);
  location.assign(link.href);
});
