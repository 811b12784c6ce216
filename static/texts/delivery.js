/* One attempt to hand a text to the server, and what its answer means. */

import { csrfToken } from "./csrf.js";

// Only these, with their status, are answers; everything else is a fault of the line and says nothing about the text.
const ANSWERS = { saved: 200, merged: 200, conflict: 409, locked: 409, refused: 422, signed_out: 401, forbidden: 403 };
const WAIT_MS = 30_000;
// a browser lets 64 KB in all travel on after the page has gone
const OUTLIVES_PAGE = 50_000;

/** A key for one logical edit; pages over plain HTTP have no crypto.randomUUID. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Send {html, base_version, key, choice?} as this person. The answer always has `state`; nothing is thrown.

    Besides the server's own states: "gone" (not found), "busy" (try later), "unreachable" (anything else). */
export async function deliver(address, message, user) {
  const body = new URLSearchParams({ html: message.html, base_version: message.base_version, key: message.key });
  if (message.choice) body.set("choice", message.choice);
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken(), "X-PMQA-User": user };
  const keepalive = body.toString().length < OUTLIVES_PAGE;
  try {
    const signal = AbortSignal.timeout(WAIT_MS);
    const response = await fetch(address, { method: "POST", body, headers, keepalive, signal });
    return await meaningOf(response);
  } catch {
    return { state: "unreachable", status: 0 };
  }
}

async function meaningOf(response) {
  const answer = await response.json().catch(() => null);
  if (answer && !response.redirected && ANSWERS[answer.state] === response.status) return answer;
  // led to the sign-in, or to the page where a one-time password is replaced
  if (response.redirected && response.url.includes("/accounts/")) {
    return { state: "signed_out", login: `/accounts/login/?next=${encodeURIComponent(location.pathname)}` };
  }
  if (response.status === 404) return { state: "gone", message: answer?.message };
  if (response.status === 429 || response.status === 503) {
    return { state: "busy", seconds: Number(response.headers.get("Retry-After")) || 0 };
  }
  return { state: "unreachable", status: response.status };
}
