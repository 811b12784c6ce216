/* The same rules as thai/text.py and texts/cleaning.py, so that the counter says what the server will say.
   Both are held together by tests/texts/normalise_vectors.json. */

const LINE_ENDS = /\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/gu;
const INVISIBLE =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;
const SPLIT_SARA_AM = /\u0e4d([\u0e48-\u0e4b]*)\u0e32/gu;
const BLOCKS = new Set(["P", "LI", "UL", "OL", "FIGURE", "FIGCAPTION", "TABLE", "TR", "TD", "TH", "DIV"]);

/** The stored form of a text; never NFKC, which takes every ำ apart. */
export function normalise(text) {
  const plain = text.replace(LINE_ENDS, "\n").replace(INVISIBLE, "").normalize("NFC");
  return plain.replace(SPLIT_SARA_AM, "$1\u0e33").normalize("NFC");
}

/** Code points after normalising: a tone mark is one, a line end is one. */
export function countCharacters(text) {
  let count = 0;
  for (const _ of normalise(text)) count += 1;
  return count;
}

/** The same text with Arabic digits in place of Thai ones. */
export function toArabicDigits(text) {
  return text.replace(/[๐-๙]/g, (digit) => String(digit.codePointAt(0) - "๐".codePointAt(0)));
}

/** The text content of markup, one line per block. */
export function plainText(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const lines = normalise(textOf(body)).split("\n");
  return lines
    .map((line) => line.replace(/[ \t\u00a0]+/g, " ").replace(/^ | $/g, ""))
    .filter((line) => line)
    .join("\n");
}

function textOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(LINE_ENDS, "\n").replace(/[ \t\n]+/g, " ");
  if (node.nodeName === "BR") return "\n";
  const inner = [...node.childNodes].map(textOf).join("");
  return BLOCKS.has(node.nodeName) ? `\n${inner}\n` : inner;
}
