/* Puts another text into an editor by changing only what differs, so that the cursor stays where it was. */

import { createDocument } from "django-prose-editor/editor";

/** Show `markup`; with `undoable` the person can take it back like something typed. */
export function showMarkup(editor, markup, { undoable = false } = {}) {
  const next = createDocument(markup, editor.schema, { preserveWhitespace: true });
  const { doc } = editor.state;
  let { tr } = editor.state;
  // from the end, so that the positions before a change stay true
  for (const piece of differences(doc, next).reverse()) tr.replace(piece.from, piece.to, piece.slice);
  // pieces of lists and tables may be fitted in another way than they stand: the whole text then
  if (!tr.doc.eq(next)) tr = editor.state.tr.replaceWith(0, doc.content.size, next.content);
  if (!tr.docChanged) return;
  if (!undoable) tr.setMeta("addToHistory", false);
  editor.view.dispatch(tr);
}

function childrenOf(doc) {
  const children = [];
  doc.forEach((node, offset) => children.push({ node, from: offset, to: offset + node.nodeSize }));
  return children;
}

/* The blocks that both texts have in common stay; between them stand the pieces to replace. */
function differences(doc, next) {
  const [old, fresh] = [childrenOf(doc), childrenOf(next)];
  const pieces = [];
  let [at, to] = [0, 0];
  for (const [same, there] of [...commonBlocks(old, fresh), [old.length, fresh.length]]) {
    if (same > at || there > to) pieces.push(...pieceBetween(doc, next, old, fresh, [at, same], [to, there]));
    [at, to] = [same + 1, there + 1];
  }
  return pieces;
}

/* The longest common row of blocks, as pairs of places. */
function commonBlocks(old, fresh) {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      const same = old[i].node.eq(fresh[j].node);
      lengths[i][j] = same ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const pairs = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < fresh.length) {
    if (old[i].node.eq(fresh[j].node)) pairs.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

function pieceBetween(doc, next, old, fresh, [at, same], [to, there]) {
  const start = at < old.length ? old[at].from : doc.content.size;
  const end = same > at ? old[same - 1].to : start;
  const nextStart = to < fresh.length ? fresh[to].from : next.content.size;
  const nextEnd = there > to ? fresh[there - 1].to : nextStart;
  const whole = { from: start, to: end, slice: next.slice(nextStart, nextEnd) };
  if (same - at !== 1 || there - to !== 1) return [whole];
  return [insideOneBlock(old[at], fresh[to], next) ?? whole];
}

/* One block became another of the same kind: only the characters between their common ends. */
function insideOneBlock(old, fresh, next) {
  if (!old.node.sameMarkup(fresh.node)) return null;
  const start = old.node.content.findDiffStart(fresh.node.content);
  let { a, b } = old.node.content.findDiffEnd(fresh.node.content);
  const overlap = Math.max(start - Math.min(a, b), 0);
  [a, b] = [a + overlap, b + overlap];
  const [inside, within] = [old.from + 1, fresh.from + 1];
  return { from: inside + start, to: inside + a, slice: next.slice(within + start, within + b) };
}
