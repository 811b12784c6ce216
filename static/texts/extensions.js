/* What a text may hold, as the editor knows it: exactly the allow-list of texts/cleaning.py. */

import {
  Bold, BulletList, Document, Dropcursor, Gapcursor, Extension, HardBreak, Italic, ListItem, Node, OrderedList, Paragraph,
  Plugin, Table, TableCell, TableHeader, TableRow, Text, TrailingNode, Underline, UndoRedo, findParentNode,
  pm, wrappingInputRule,
} from "django-prose-editor/editor";
import { lostPictures } from "pmqa-texts/lost-pictures";
import { toArabicDigits } from "pmqa-texts/normalise";
import { cleanPasted } from "pmqa-texts/word-paste";

const LIST_LEVELS = 2;
const OWN_FIGURE = /^\/figures\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/$/;
const MARKERS = {
  orderedList: ["marker-paren", "marker-bracket", "marker-thai", "marker-circle"],
  bulletList: ["marker-dash"],
};

/** The marker class of a list, kept through reading and writing. */
function markerAttribute(type) {
  return {
    default: null,
    parseHTML: (element) => MARKERS[type].find((name) => element.classList.contains(name)) || null,
    renderHTML: ({ marker }) => (marker ? { class: marker } : {}),
  };
}

const isList = (node) => node.type.name in MARKERS;

/** The innermost list around the cursor: {node, pos, depth}, or undefined. */
export function innermostList(editor) {
  return findParentNode(isList)(editor.state.selection);
}

function listDepth(editor) {
  const { $from } = editor.state.selection;
  let depth = 0;
  for (let at = $from.depth; at > 0; at -= 1) if (isList($from.node(at))) depth += 1;
  return depth;
}

export function canIndent(editor) {
  return listDepth(editor) > 0 && listDepth(editor) < LIST_LEVELS && editor.can().sinkListItem("listItem");
}

export function indent(editor) {
  return canIndent(editor) && editor.chain().focus().sinkListItem("listItem").run();
}

export function outdent(editor) {
  return listDepth(editor) > 0 && editor.chain().focus().liftListItem("listItem").run();
}

/** Make the innermost list this kind of list; a paragraph becomes one; the same kind again ends it. */
export function toggleList(editor, type) {
  const list = innermostList(editor);
  if (list && list.node.type.name !== type) return changeList(editor, type, { marker: null, start: 1 });
  const chain = editor.chain().focus();
  return (type === "orderedList" ? chain.toggleOrderedList() : chain.toggleBulletList()).run();
}

/** Change kind, marker or first number of the innermost list only, never of the list around it. */
export function changeList(editor, type, attributes) {
  const list = innermostList(editor);
  if (!list) return false;
  return editor
    .chain()
    .focus()
    .command(({ tr, state }) => {
      tr.setNodeMarkup(list.pos, state.schema.nodes[type], { ...list.node.attrs, ...attributes });
      return true;
    })
    .run();
}

function numberRule(type, find, marker) {
  return wrappingInputRule({
    find,
    type,
    getAttributes: (match) => ({ marker, start: Number(toArabicDigits(match[1])) }),
    joinPredicate: (match, node) =>
      node.attrs.marker === marker && node.attrs.start + node.childCount === Number(toArabicDigits(match[1])),
  });
}

/* Two digits at most: a line that begins with a year is no list. */
const PmqaOrderedList = OrderedList.extend({
  addAttributes() {
    return {
      start: {
        default: 1,
        parseHTML: (element) => Math.min(Math.max(Number.parseInt(element.getAttribute("start") || "1", 10) || 1, 1), 999),
        renderHTML: ({ start }) => (start > 1 ? { start } : {}),
      },
      marker: markerAttribute("orderedList"),
    };
  },
  // the packaged list draws its own numbers, by a style that our policy forbids
  addNodeView: () => null,
  parseHTML: () => [{ tag: "ol" }],
  renderHTML: ({ HTMLAttributes }) => ["ol", HTMLAttributes, 0],
  addInputRules() {
    return [
      numberRule(this.type, /^([0-9]{1,2})\.\s$/, null),
      numberRule(this.type, /^([0-9]{1,2})\)\s$/, "marker-paren"),
      numberRule(this.type, /^\(([0-9]{1,2})\)\s$/, "marker-bracket"),
      numberRule(this.type, /^([๐-๙]{1,2})\.\s$/, "marker-thai"),
    ];
  },
});

const PmqaBulletList = BulletList.extend({
  addAttributes: () => ({ marker: markerAttribute("bulletList") }),
  addInputRules() {
    return [
      wrappingInputRule({ find: /^\s*[*•●]\s$/, type: this.type }),
      wrappingInputRule({ find: /^\s*[-–]\s$/, type: this.type, getAttributes: () => ({ marker: "marker-dash" }) }),
    ];
  },
});

/* Tab leaves the editor, as in every other field; Ctrl+] and Ctrl+[ move an item in and out. */
const PmqaListItem = ListItem.extend({
  content: "paragraph (paragraph | bulletList | orderedList | figure)*",
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      "Mod-]": () => indent(this.editor),
      "Mod-[": () => outdent(this.editor),
    };
  },
});

const CELL_CONTENT = "(paragraph | bulletList | orderedList | figure)+";
const span = (name) => ({
  default: 1,
  parseHTML: (element) => Math.min(Math.max(Number.parseInt(element.getAttribute(name) || "1", 10) || 1, 1), 50),
  renderHTML: (attributes) => (attributes[name] > 1 ? { [name]: attributes[name] } : {}),
});
const cell = (tag) => ({
  content: CELL_CONTENT,
  addAttributes: () => ({
    colspan: span("colspan"),
    rowspan: span("rowspan"),
    // the table commands ask for it; we never store widths
    colwidth: { default: null, parseHTML: () => null, renderHTML: () => ({}) },
  }),
  renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
});

const PmqaTable = Table.extend({
  addNodeView: () => null,
  renderHTML: () => ["table", ["tbody", 0]],
  addKeyboardShortcuts() {
    // after the last cell Tab goes on to the next field instead of growing the table for ever
    return { ...this.parent?.(), Tab: () => this.editor.commands.goToNextCell() };
  },
});

/** A picture with its caption as text inside. */
const PmqaFigure = Node.create({
  name: "figure",
  group: "block",
  content: "inline*",
  isolating: true,
  defining: true,
  draggable: true,
  addAttributes: () => ({
    src: { default: null, rendered: false },
    alt: { default: "", rendered: false },
  }),
  parseHTML() {
    return [
      { tag: "figure", getAttrs: (element) => pictureIn(element.querySelector("img")), contentElement: captionOf },
      { tag: "img[src]", getAttrs: pictureIn },
    ];
  },
  renderHTML({ node }) {
    return ["figure", ["img", { src: node.attrs.src, alt: node.attrs.alt }], ["figcaption", 0]];
  },
  addKeyboardShortcuts() {
    return {
      Enter: () => leaveCaption(this.editor),
      Backspace: () => selectOnEmptyCaption(this.editor),
    };
  },
});

function pictureIn(image) {
  const src = image?.getAttribute("src") || "";
  return OWN_FIGURE.test(src) && { src, alt: image.getAttribute("alt") || "" };
}

function captionOf(element) {
  return element.querySelector("figcaption") || element.ownerDocument.createElement("figcaption");
}

function figureAt(editor) {
  return editor.isActive("figure") ? findParentNode((node) => node.type.name === "figure")(editor.state.selection) : undefined;
}

function leaveCaption(editor) {
  const figure = figureAt(editor);
  if (!figure) return false;
  const after = figure.pos + figure.node.nodeSize;
  return editor.chain().insertContentAt(after, { type: "paragraph" }).setTextSelection(after + 1).focus().run();
}

function selectOnEmptyCaption(editor) {
  const figure = figureAt(editor);
  if (!figure || figure.node.content.size || !editor.state.selection.empty) return false;
  return editor.commands.setNodeSelection(figure.pos);
}

const withoutRules = { addInputRules: () => [], addPasteRules: () => [] };

/** All extensions; `takeFiles(files, position)` gets pictures that are pasted or dropped, `insertAt(note)` is asked for
    one that could not come along (null where no pictures are taken). */
export function extensions(takeFiles, insertAt) {
  return [
    Document, Text, Paragraph, HardBreak, Dropcursor, Gapcursor, UndoRedo,
    Bold.extend(withoutRules),
    Italic.extend(withoutRules),
    Underline,
    PmqaListItem, PmqaOrderedList, PmqaBulletList, PmqaFigure,
    PmqaTable, TableRow, TableCell.extend(cell("td")), TableHeader.extend(cell("th")),
    // one can always go on writing after a picture or a table
    TrailingNode.configure({ notAfter: ["bulletList", "orderedList"] }),
    Extension.create({ name: "pmqaPaste", addProseMirrorPlugins: () => [pastePlugin(takeFiles)] }),
    ...(insertAt ? [Extension.create({ name: "pmqaLostPictures", addProseMirrorPlugins: () => [lostPictures(insertAt)] })] : []),
  ];
}

/* The caption is text, so a click on the picture would only put the cursor somewhere near it. */
function selectPicture(view, _at, node, position, event) {
  if (node.type.name !== "figure" || event.target.nodeName !== "IMG") return false;
  view.dispatch(view.state.tr.setSelection(pm.state.NodeSelection.create(view.state.doc, position)));
  return true;
}

/* Typing goes on after a selected picture instead of taking its place; Delete and Backspace still remove it.
   Keys, the words of an input method and those of a phone's keyboard come in three different ways. */
function leavePicture(view) {
  const { selection, schema, tr } = view.state;
  if (selection.node?.type.name !== "figure") return false;
  const after = selection.to;
  if (tr.doc.nodeAt(after)?.type.name !== "paragraph") tr.insert(after, schema.nodes.paragraph.create());
  view.dispatch(tr.setSelection(pm.state.TextSelection.create(tr.doc, after + 1)).scrollIntoView());
  return true;
}

function typeAfterPicture(view, text) {
  if (!text || !leavePicture(view)) return false;
  view.dispatch(view.state.tr.insertText(text));
  return true;
}

function beforeInput(view, event) {
  if (event.inputType !== "insertText" || !typeAfterPicture(view, event.data)) return false;
  event.preventDefault();
  return true;
}

function pastePlugin(takeFiles) {
  return new Plugin({
    key: new pm.state.PluginKey("pmqaPaste"),
    props: {
      transformPastedHTML: cleanPasted,
      handleClickOn: selectPicture,
      handleTextInput: (view, _from, _to, text) => typeAfterPicture(view, text),
      handleDOMEvents: { beforeinput: beforeInput, compositionstart: (view) => void leavePicture(view) },
      handlePaste: (view, event) => takeFiles(event.clipboardData, view.state.selection.from),
      handleDrop: (view, event, slice, moved) => {
        if (moved) return false;
        const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
        return takeFiles(event.dataTransfer, place?.pos ?? view.state.selection.from);
      },
    },
  });
}
