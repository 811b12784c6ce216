/* Passages of a text on the page: what somebody selected, and where quoted words stand.

   A text is one line with single spaces, as texts/passages.py has it: line ends of the editor, of the page and of the
   stored form differ, and nobody points at one. */

const BLOCKS = new Set(["P", "LI", "UL", "OL", "FIGURE", "FIGCAPTION", "TABLE", "TBODY", "TR", "TD", "TH", "DIV"]);
export const CONTEXT = 40;

/** The text of `root` as one line, with the node and offset of each of its letters. */
export function lineOf(root) {
  const line = { text: "", places: [] };
  collect(root, line);
  if (line.text.endsWith(" ")) dropLast(line);
  return line;
}

function dropLast(line) {
  line.text = line.text.slice(0, -1);
  line.places.pop();
}

function space(line, node, offset) {
  if (!line.text || line.text.endsWith(" ")) return;
  line.text += " ";
  line.places.push([node, offset]);
}

function collect(node, line) {
  if (node.nodeType === Node.TEXT_NODE) {
    for (let offset = 0; offset < node.data.length; offset += 1) {
      const letter = node.data[offset];
      if (/\s/.test(letter)) space(line, node, offset);
      else {
        line.text += letter;
        line.places.push([node, offset]);
      }
    }
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const breaks = node.tagName === "BR" || BLOCKS.has(node.tagName);
  if (breaks) space(line, node, 0);
  for (const child of node.childNodes) collect(child, line);
  if (breaks) space(line, node, node.childNodes.length);
}

/** The words between two ends of a selection inside `root`, and what stands before them. */
export function passageIn(root, range) {
  const { text, places } = lineOf(root);
  let start = places.findIndex(([node, offset]) => range.comparePoint(node, offset) >= 0);
  if (start < 0) return { quote: "", before: "" };
  let end = start;
  while (end < places.length && isInside(range, ...places[end])) end += 1;
  while (start < end && text[start] === " ") start += 1;
  while (end > start && text[end - 1] === " ") end -= 1;
  return { quote: text.slice(start, end), before: text.slice(0, start).slice(-CONTEXT) };
}

/* A letter belongs to the selection when it begins before the selection ends. */
function isInside(range, node, offset) {
  const past = node === range.endContainer && offset >= range.endOffset;
  return !past && range.comparePoint(node, offset) === 0;
}

function common(one, other) {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

const reversed = (text) => [...text].reverse().join("");

/** The range of the quoted words whose surroundings are most like those that were kept; undefined when they are gone. */
export function findPassage(root, { quote, before, after }) {
  const { text, places } = lineOf(root);
  let best;
  for (let at = quote ? text.indexOf(quote) : -1; at >= 0; at = text.indexOf(quote, at + 1)) {
    const end = at + quote.length;
    const likeness =
      common(reversed(text.slice(Math.max(at - CONTEXT, 0), at).trimEnd()), reversed(before.trimEnd())) +
      common(text.slice(end, end + CONTEXT).trimStart(), after.trimStart());
    if (!best || likeness > best.likeness) best = { likeness, at, end };
  }
  if (!best) return undefined;
  const range = document.createRange();
  range.setStart(...places[best.at]);
  const [node, offset] = places[best.end - 1];
  range.setEnd(node, offset + 1);
  return range;
}
