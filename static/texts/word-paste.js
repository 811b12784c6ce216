/* What comes from the clipboard, brought into the allow-list before the editor reads it.

   Word writes a list as paragraphs that carry "mso-list:l0 level1 lfo1" and their number as text. Numbers that we
   can write as a list become one; others (ก. a) 1.1) stay in the text, because a wrong number is worse than no list. */

import { toArabicDigits } from "pmqa-texts/normalise";

export const LOST_IMAGE = "[ภาพวางไม่ได้ กรุณาแทรกภาพ]";
const OWN_FIGURE = /^\/figures\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/$/;
const LIST_LEVELS = 2;
const WORD_LEVEL = /mso-list:\s*l(\d+)\s+level(\d+)/i;
const SYMBOL_FONT = /font-family:\s*["']?(symbol|wingdings|courier)/i;
const NUMBERED = [
  { pattern: /^([0-9]{1,3})\.$/, marker: null },
  { pattern: /^([0-9]{1,3})\)$/, marker: "marker-paren" },
  { pattern: /^\(([0-9]{1,3})\)$/, marker: "marker-bracket" },
  { pattern: /^([๐-๙]{1,3})[.)]$/, marker: "marker-thai" },
  { pattern: /^([❶-❿])$/, marker: "marker-circle" },
];
const LETTERED = /^[([]?([0-9๐-๙]+([.][0-9๐-๙]+)+|[a-z]{1,4}|[ก-ฮ]{1,2}|[0-9๐-๙]{1,3})[.)\]]*$/i;

/** Clipboard markup as markup that the editor keeps. */
export function cleanPasted(html) {
  const doc = parse(html);
  for (const gone of doc.querySelectorAll("style, script, meta, link, title, del, xml, svg, math")) gone.remove();
  removeComments(doc);
  wordLists(doc);
  for (const styled of doc.querySelectorAll("[data-style]")) styleToMark(styled);
  for (const element of doc.querySelectorAll("ul, ol")) markerFromSource(element);
  for (const list of doc.querySelectorAll("ul ul, ul ol, ol ul, ol ol")) liftDeepList(list);
  for (const heading of doc.querySelectorAll("h1, h2, h3, h4, h5, h6")) headingToBold(heading);
  for (const image of doc.querySelectorAll("img")) ownImageOrNote(image);
  for (const paragraph of doc.querySelectorAll("p")) if (isEmpty(paragraph)) paragraph.remove();
  return doc.body.innerHTML.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " ");
}

/** Whether clipboard markup holds words, and not only the picture that was copied. */
export function hasWords(html) {
  const doc = parse(html);
  for (const gone of doc.querySelectorAll("style, script, title")) gone.remove();
  return doc.body.textContent.trim() !== "";
}

/* Under our Content-Security-Policy styles are reported even in a document that is never shown. */
function parse(html) {
  const quiet = html.replace(/<style\b[^]*?<\/style\s*>/gi, "").replace(/(<[a-z][^<>]*?\s)style(?=\s*=)/gi, "$1data-style");
  return new DOMParser().parseFromString(quiet, "text/html");
}

const styleOf = (element) => element?.getAttribute("data-style") || "";

/** Bold, italic and underline that a program wrote as style; a <b> that says "normal" is none. */
function styleToMark(element) {
  const style = styleOf(element);
  if (/^(b|strong)$/i.test(element.tagName) && /font-weight:\s*(normal|400)/i.test(style)) {
    element.replaceWith(...element.childNodes);
    return;
  }
  if (element.tagName !== "SPAN") return;
  const marks = [
    [/font-weight:\s*(bold|[6-9]00)/i, "strong"],
    [/font-style:\s*italic/i, "em"],
    [/text-decoration[^;]*:[^;]*underline/i, "u"],
  ];
  for (const [pattern, tag] of marks) {
    if (!pattern.test(style)) continue;
    const mark = element.ownerDocument.createElement(tag);
    mark.append(...element.childNodes);
    element.append(mark);
  }
}

function removeComments(doc) {
  const walker = doc.createTreeWalker(doc.documentElement, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.remove();
}

function wordLists(doc) {
  const open = []; // the list of each level that the next item may join
  let previous = null;
  for (const paragraph of doc.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    const level = WORD_LEVEL.exec(styleOf(paragraph))?.[2];
    const kind = level && takeMarker(paragraph);
    if (!kind) continue;
    if (previous && paragraph.previousElementSibling !== previous) open.length = 0;
    previous = placeItem(doc, paragraph, Math.min(Number(level), LIST_LEVELS), kind, open);
  }
}

/** Take the typed number off a list paragraph: what kind of list it is, or null when it must stay text. */
function takeMarker(paragraph) {
  const ignored = [...paragraph.querySelectorAll("[data-style]")].find((part) => /mso-list:\s*ignore/i.test(styleOf(part)));
  const text = (ignored?.textContent || "").replaceAll("\u00a0", " ").trim();
  const symbol = ignored && SYMBOL_FONT.test(`${styleOf(ignored)} ${styleOf(ignored.parentElement)}`);
  if (!symbol && ignored && !numbered(text) && LETTERED.test(text)) {
    ignored.replaceWith(`${text} `);
    return null;
  }
  ignored?.remove();
  if (!symbol && numbered(text)) return numbered(text);
  return { tag: "ul", marker: /^[-–—]$/.test(text) ? "marker-dash" : null, start: 1 };
}

function numbered(text) {
  for (const { pattern, marker } of NUMBERED) {
    const match = pattern.exec(text);
    if (match) return { tag: "ol", marker, start: numberOf(match[1]) };
  }
  return null;
}

function numberOf(text) {
  if (text >= "❶" && text <= "❿") return text.codePointAt(0) - "❶".codePointAt(0) + 1;
  return Number(toArabicDigits(text));
}

/** Put the paragraph's content into the list of its level; returns the outermost list, which stands in its place. */
function placeItem(doc, paragraph, wanted, kind, open) {
  const level = Math.min(wanted, open.length + 1);
  open.length = Math.min(open.length, level);
  if (!continues(open[level - 1], kind)) {
    const list = newList(doc, kind);
    if (level === 1) paragraph.before(list);
    else open[level - 2].lastElementChild.append(list);
    open[level - 1] = list;
  }
  const item = doc.createElement("li");
  const content = doc.createElement("p");
  content.append(...paragraph.childNodes);
  item.append(content);
  open[level - 1].append(item);
  paragraph.remove();
  return open[0];
}

/** Same kind of list, and the number is the one that comes next: a list that starts again is another list. */
function continues(list, kind) {
  if (!list || list.tagName.toLowerCase() !== kind.tag || (list.getAttribute("class") || null) !== kind.marker) return false;
  return kind.tag === "ul" || Number(list.getAttribute("start") || 1) + list.children.length === kind.start;
}

function newList(doc, { tag, marker, start }) {
  const list = doc.createElement(tag);
  if (marker) list.className = marker;
  if (start > 1) list.setAttribute("start", start);
  return list;
}

/** A list that a web page marks with list-style or type: only Thai digits have a marker of ours. */
function markerFromSource(list) {
  if (/list-style(-type)?:[^;]*\bthai\b/i.test(styleOf(list))) list.className = "marker-thai";
}

/** A third level becomes a second one of its own, and the list that it interrupts goes on after it. */
function liftDeepList(list) {
  const item = list.parentElement.closest("li");
  const outer = item?.parentElement;
  if (!outer?.parentElement?.closest("li")) return;
  const rest = outer.cloneNode(false);
  const number = Number(outer.getAttribute("start") || 1) + [...outer.children].indexOf(item) + 1;
  if (rest.tagName === "OL") rest.setAttribute("start", number);
  while (item.nextElementSibling) rest.append(item.nextElementSibling);
  outer.after(list);
  if (rest.children.length) list.after(rest);
}

function headingToBold(heading) {
  const paragraph = heading.ownerDocument.createElement("p");
  const bold = heading.ownerDocument.createElement("strong");
  bold.append(...heading.childNodes);
  paragraph.append(bold);
  heading.replaceWith(paragraph);
}

function ownImageOrNote(image) {
  const source = image.getAttribute("src") || "";
  const path = source.startsWith(`${location.origin}/`) ? source.slice(location.origin.length) : source;
  if (OWN_FIGURE.test(path)) image.setAttribute("src", path);
  else image.replaceWith(LOST_IMAGE);
}

function isEmpty(paragraph) {
  return paragraph.textContent.replaceAll("\u00a0", " ").trim() === "" && !paragraph.querySelector("img");
}
