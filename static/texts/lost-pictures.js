/* A picture that could not come along with a paste leaves a note in the text. Beside the note stands a button, and the
   picture that is chosen there takes the note's place. */

import { Plugin, pm } from "django-prose-editor/editor";
import { LOST_IMAGE } from "pmqa-texts/word-paste";

/** The editor's extra: `insert(range)` is called with the place of the note whose button was pressed. */
export function lostPictures(insert) {
  return new Plugin({
    key: new pm.state.PluginKey("pmqaLostPictures"),
    props: {
      decorations: ({ doc }) => pm.view.DecorationSet.create(doc, notesIn(doc).map((note) => buttonAfter(note, insert))),
    },
  });
}

/** Where the notes stand in a text. */
export function notesIn(doc) {
  const notes = [];
  doc.descendants((node, position) => {
    for (let at = node.isText ? node.text.indexOf(LOST_IMAGE) : -1; at >= 0; at = node.text.indexOf(LOST_IMAGE, at + 1)) {
      notes.push({ from: position + at, to: position + at + LOST_IMAGE.length });
    }
  });
  return notes;
}

function buttonAfter({ from, to }, insert) {
  const make = () => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn btn-outline-primary btn-sm editor-lost", textContent: "แทรกภาพตรงนี้" });
    button.addEventListener("click", () => insert({ from, to }));
    return button;
  };
  const stays = { side: 1, key: `lost-${from}`, ignoreSelection: true, stopEvent: () => true };
  return pm.view.Decoration.widget(to, make, stays);
}

/** Take the note away, and with it the paragraph that held nothing else. */
export function removeNote(editor, { from, to }) {
  const { doc, tr } = editor.state;
  if (to > doc.content.size || doc.textBetween(from, to) !== LOST_IMAGE) return;
  const place = doc.resolve(from);
  const isAlone = place.parent.textContent === LOST_IMAGE && place.depth === 1;
  editor.view.dispatch(isAlone ? tr.delete(place.before(), place.after()) : tr.delete(from, to));
}
