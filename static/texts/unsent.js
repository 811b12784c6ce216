/* What was typed and is not acknowledged yet, kept in this browser: one row per person, text and window.

   A row holds the newest text (html, key) on top of base_version, and in `pending` the one that was sent before it
   and whose fate is not known: it has to be repeated first, under its own key. Nobody else's rows are ever read.
   Every function answers at once with "nothing" where the browser keeps no data. */

const DATABASE = "pmqa-unsent";
const TEXTS = "texts";
let opening = null;

function open() {
  opening ??= new Promise((resolve) => {
    const request = attempt(() => indexedDB.open(DATABASE, 1));
    if (!request) return resolve(null);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(TEXTS, { keyPath: ["user", "address", "writer"] }).createIndex("user", "user");
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
    request.onsuccess = () => {
      const database = request.result;
      // site data that somebody clears while the page is open: the next call starts afresh
      database.onclose = database.onversionchange = () => {
        database.close();
        opening = null;
      };
      resolve(database);
    };
  });
  return opening;
}

function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/* One transaction; `work` gets the store and may return a request whose result is the answer. */
async function inStore(mode, work, nothing) {
  const database = await open();
  const transaction = database && attempt(() => database.transaction(TEXTS, mode));
  if (!transaction) return nothing;
  return new Promise((resolve) => {
    transaction.onabort = transaction.onerror = () => resolve(nothing);
    const request = attempt(() => work(transaction.objectStore(TEXTS)) ?? { result: true });
    if (!request) transaction.abort();
    transaction.oncomplete = () => resolve(request.result);
  });
}

const ofText = (user, address) => IDBKeyRange.bound([user, address], [user, address, []]);

/** Keep one row; false when the browser does not. */
export function keep(row) {
  return inStore("readwrite", (store) => {
    store.put(row);
    // without waiting for an answer: it must be written although the page is going away
    store.transaction.commit();
  }, false);
}

/** The row of a window that is gone now belongs to this one. */
export function take(row, writer) {
  return inStore("readwrite", (store) => {
    store.delete([row.user, row.address, row.writer]);
    store.put({ ...row, writer });
  }, false);
}

/** Erase the row of one window. */
export function erase({ user, address, writer }) {
  return inStore("readwrite", (store) => void store.delete([user, address, writer]), false);
}

/** Erase every row that holds exactly this edit: it is acknowledged, whoever sent it. */
export function eraseEdit(user, address, key) {
  return inStore("readwrite", (store) => {
    store.openCursor(ofText(user, address)).onsuccess = (event) => {
      const cursor = event.target.result;
      if (!cursor) return;
      if (cursor.value.key === key) cursor.delete();
      cursor.continue();
    };
  }, false);
}

/** Everything of this person, newest first. */
export async function all(user) {
  const rows = await inStore("readonly", (store) => store.index("user").getAll(user), []);
  return rows.sort((one, other) => other.at - one.at);
}

/** Everything of this person for one text, newest first. */
export async function of(user, address) {
  const rows = await inStore("readonly", (store) => store.getAll(ofText(user, address)), []);
  return rows.sort((one, other) => other.at - one.at);
}

/** Erase everything of this person. */
export async function eraseAll(user) {
  for (const row of await all(user)) await erase(row);
}
