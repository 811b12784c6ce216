/* The windows of one browser among each other: who is open, who has to send, whose texts were given up. */

const CHANNEL = "pmqa-windows";
// every open window answers within a few milliseconds, also one in the background
const WAIT_MS = 150;

const opened = () => (typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null);

/** Which of these writers belong to a window that is open. Those windows are asked to send what they hold. */
export async function living(writers) {
  const found = new Set();
  const channel = writers.length ? opened() : null;
  if (!channel) return found;
  channel.onmessage = ({ data }) => data.here && found.add(data.here);
  channel.postMessage({ ask: writers });
  await new Promise((resolve) => window.setTimeout(resolve, WAIT_MS));
  channel.close();
  return found;
}

/** Tell all windows that the texts of this person were given up. */
export function tellGivenUp(user) {
  const channel = opened();
  channel?.postMessage({ givenUp: user });
  channel?.close();
}

/** Answer for one writer until the returned function is called. */
export function answer(writer, { user, asked, givenUp }) {
  const channel = opened();
  if (!channel) return () => {};
  channel.onmessage = ({ data }) => {
    if (data.givenUp === user) givenUp();
    if (!data.ask?.includes(writer)) return;
    channel.postMessage({ here: writer });
    asked();
  };
  return () => channel.close();
}
