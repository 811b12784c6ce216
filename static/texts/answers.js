/* What each answer of the server means for the text that was sent.

   Every function gets the autosaver, the answer and the message that was sent. Whatever is typed meanwhile is newer
   than the message and is never taken back. */

import { newKey } from "pmqa-texts/delivery";
import { reasonOf, say, signInLink } from "pmqa-texts/save-state";
import { downloadButton } from "pmqa-texts/unsent-file";

const RETRY_SECONDS = [1, 2, 4, 8, 16, 30];
const SIGNED_OUT_SECONDS = 30;
const LONGEST_SECONDS = 60; // whatever a proxy asks for
const LOST_RIGHT = "ท่านไม่มีสิทธิ์เขียนส่วนนี้แล้ว ข้อความยังอยู่ในหน้านี้ กรุณาดาวน์โหลดเก็บไว้ หรือแจ้งฝ่ายเลขานุการ";
const GONE = "ไม่พบรายการนี้แล้ว อาจมีผู้นำออกไป ข้อความยังอยู่ในหน้านี้ กรุณาดาวน์โหลดเก็บไว้";

/** Act on an answer. */
export function react(saver, got, message) {
  (REACTIONS[got.state] ?? unreachable)(saver, got, message);
}

const REACTIONS = { saved, merged, conflict, locked, refused, forbidden, gone, signed_out: signedOut };

function saved(saver, got, message) {
  saver.settle(message, got.version);
  showCriterion(got);
  sayClock(saver, got.clock);
}

/* The text that stands has somebody else's changes in it, or is all theirs when the person gave way. */
function merged(saver, got, message) {
  saver.settle(message, got.version);
  saver.follow(got, message);
  if (got.notice) saver.notices.showMerged(got.notice);
  showCriterion(got);
  sayClock(saver, got.clock);
}

/* What is missing in the criterion changes with the first text of a card. */
function showCriterion({ criterion }) {
  const place = document.getElementById("criterion-state");
  if (criterion && place) place.outerHTML = criterion;
}

function sayClock(saver, clock) {
  saver.lastWords = clock ? `✓ บันทึกแล้ว ${clock} น.` : "";
  if (saver.isUnsent) say(saver.form, "ยังไม่ได้บันทึก", { calm: true });
  else say(saver.form, saver.lastWords, { kind: "ok", calm: !saver.wasTroubled });
  saver.wasTroubled = false;
}

function conflict(saver, got, message) {
  stop(saver, "conflict", message);
  say(saver.form, "ยังไม่ได้บันทึก – มีผู้แก้ไขข้อความนี้ก่อนท่าน กรุณาเลือกด้านบน", { kind: "bad" });
  saver.notices.showConflict(got.panel, {
    isWriting: saver.editor.hasFocus,
    choose: (choice) => saver.choose(choice, got.version),
    merging: {
      start: (html) => saver.show(html, { undoable: true }),
      html: () => saver.editor.html,
      onChange: (action) => (saver.onChange = action),
    },
  });
}

/* The sheet was submitted or the form closed. As a proposal the text is delivered; what was typed while it was under way
   belongs to it and goes the same way. */
function locked(saver, got, message) {
  const isDelivered = got.proposal && saver.draft?.key === message.key;
  stop(saver, got.proposal && !isDelivered ? "" : "locked", message);
  if (isDelivered) saver.letGo(message);
  if (!saver.halted) return;
  saver.notices.showTrouble(got.message, ...(isDelivered ? [] : [fileButton(saver)]));
  say(saver.form, isDelivered ? "เก็บไว้เพื่อพิจารณาแล้ว" : "ยังไม่ได้บันทึก", { kind: isDelivered ? "" : "bad", calm: true });
}

function refused(saver, got, message) {
  const isNewest = saver.draft?.key === message.key;
  stop(saver, isNewest ? "refused" : "", message);
  // what was typed meanwhile may be right already
  if (isNewest) say(saver.form, `ยังไม่ได้บันทึก – ${got.message}`, { kind: "bad" });
}

function forbidden(saver, got, message) {
  stopFor(saver, "forbidden", got.message || LOST_RIGHT, message);
}

function gone(saver, got, message) {
  stopFor(saver, "gone", got.message || GONE, message);
}

function stopFor(saver, state, words, message) {
  stop(saver, state, message);
  saver.notices.showTrouble(words, fileButton(saver));
  say(saver.form, "ยังไม่ได้บันทึก", { kind: "bad", calm: true });
}

/* The server did not take this text and will not take it as it is. */
function stop(saver, state, message) {
  saver.pending = null;
  saver.failures = 0;
  saver.halted = state;
  saver.wasTroubled = true;
  saver.draft ??= { html: message.html, key: newKey() };
  saver.keepNow();
}

function signedOut(saver, got) {
  const link = signInLink(got.login || "/accounts/login/");
  const words = `ยังไม่ได้บันทึก – หมดเวลาการเข้าใช้ ข้อความยังอยู่ใน${whereIs(saver)} กรุณาเข้าใช้อีกครั้ง`;
  say(saver.form, words, { kind: "bad", link, calm: saver.failures > 0 });
  retry(saver, SIGNED_OUT_SECONDS);
}

function unreachable(saver, got) {
  const words = `ยังไม่ได้บันทึก – ${reasonOf(got)} จะลองใหม่ ข้อความยังอยู่ใน${whereIs(saver)}`;
  // said aloud once, not at every try
  say(saver.form, words, { kind: "bad", calm: saver.failures > 0 });
  retry(saver, Math.max(RETRY_SECONDS[saver.failures] ?? RETRY_SECONDS.at(-1), Math.min(got.seconds ?? 0, LONGEST_SECONDS)));
}

function retry(saver, seconds) {
  saver.wasTroubled = true;
  saver.retryIn(seconds);
}

const whereIs = (saver) => (saver.isKept ? "เครื่องนี้" : "หน้านี้");

function fileButton(saver) {
  return downloadButton(async () => [{ title: saver.title, at: Date.now(), html: saver.editor.html }]);
}
