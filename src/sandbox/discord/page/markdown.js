/**
 * Discord's markdown, read into a tree of plain objects; what is shown for a node is decided
 * elsewhere. A node is `{ type, … }`, with `children` where it contains others.
 */

const FENCE = /^```(?:([\w+#-]*)\n)?([\s\S]*?)\n?```/;

/** Reads a whole message: blocks first, then what is inside of them. */
export function parseMarkdown(text) {
  const blocks = [];
  let rest = text;
  while (rest !== '') {
    const [block, length] = readBlock(rest);
    const last = blocks.at(-1);
    if (block.type === 'text' && last?.type === 'text') last.source += block.source;
    else if (block.type !== 'blank') blocks.push(block);
    rest = rest.slice(length);
  }
  return blocks.map(finishBlock);
}

const finishBlock = (block) =>
  block.type === 'text'
    ? { type: 'paragraph', children: parseInline(block.source.replace(/\n$/, '')) }
    : block;

/** The first block of a text and how many characters it takes. */
function readBlock(text) {
  for (const read of BLOCK_READERS) {
    const found = read(text);
    if (found) return found;
  }
  const line = /^[^\n]*\n?/.exec(text)[0];
  // A fence may open in the middle of a line; the text before it ends there.
  const fence = line.indexOf('```');
  const length = fence > 0 && FENCE.test(text.slice(fence)) ? fence : line.length;
  return [{ type: 'text', source: text.slice(0, length) }, length];
}

const BLOCK_READERS = [readFence, readHeading, readSubtext, readWholeQuote, readQuote, readList];

function readFence(text) {
  const match = FENCE.exec(text);
  if (!match) return null;
  const [all, language = '', code] = match;
  const after = text[all.length] === '\n' ? 1 : 0;
  return [{ type: 'code-block', language, code }, all.length + after];
}

function readHeading(text) {
  const match = /^(#{1,3}) +([^\n]+)(?:\n|$)/.exec(text);
  if (!match) return null;
  const [all, marks, content] = match;
  return [{ type: 'heading', level: marks.length, children: parseInline(content) }, all.length];
}

function readSubtext(text) {
  const match = /^-# +([^\n]+)(?:\n|$)/.exec(text);
  return match && [{ type: 'subtext', children: parseInline(match[1]) }, match[0].length];
}

/** `>>>` quotes all that follows. */
function readWholeQuote(text) {
  const match = /^>>> ([\s\S]+)$/.exec(text);
  return match && [{ type: 'quote', children: parseMarkdown(match[1]) }, text.length];
}

function readQuote(text) {
  const match = /^(?:> [^\n]*(?:\n|$))+/.exec(text);
  if (!match) return null;
  const inner = match[0].replaceAll(/^> /gm, '').replace(/\n$/, '');
  return [{ type: 'quote', children: parseMarkdown(inner) }, match[0].length];
}

const ITEM = /^( *)([-*]|\d{1,9}\.) +([^\n]+)(?:\n|$)/;

function readList(text) {
  const lines = [];
  let length = 0;
  for (let match = ITEM.exec(text); match; match = ITEM.exec(text.slice(length))) {
    const [all, indent, mark, content] = match;
    const line = { indent: indent.length, isOrdered: /\d/.test(mark), mark, content };
    if (startsAnotherList(line, lines[0])) break;
    lines.push(line);
    length += all.length;
  }
  return lines.length === 0 ? null : [buildList(lines), length];
}

/** Numbers after bullets at the same depth are a list of their own. */
const startsAnotherList = (line, first) =>
  first !== undefined && line.indent <= first.indent && line.isOrdered !== first.isOrdered;

/** Lines that are indented further belong to the item above them. */
function buildList(lines) {
  const [first] = lines;
  const items = [];
  for (const line of lines) {
    if (line.indent > first.indent) items.at(-1).nested.push(line);
    else items.push({ line, nested: [] });
  }
  return {
    type: 'list',
    start: first.isOrdered ? Number.parseInt(first.mark, 10) : null,
    items: items.map(({ line, nested }) => [
      ...parseInline(line.content),
      ...(nested.length === 0 ? [] : [buildList(nested)]),
    ]),
  };
}

const wrap = (type) => (match) => ({ type, children: parseInline(match[1]) });

/** Tried in this order at every place; the first that fits is taken. */
const INLINE_RULES = [
  [/^\\([!-/:-@[-`{-~])/, (match) => ({ type: 'text', text: match[1] })],
  [/^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/, (match) => ({ type: 'code', text: match[2].trim() })],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, wrap('bold')],
  [/^__([\s\S]+?)__(?!_)/, wrap('underline')],
  [/^~~([\s\S]+?)~~/, wrap('strike')],
  [/^\|\|([\s\S]+?)\|\|/, wrap('spoiler')],
  [/^\*(?!\s)((?:\*\*[\s\S]+?\*\*|[^*])+?)\*(?!\*)/, wrap('italic')],
  [/^_((?:__[\s\S]+?__|[^_])+?)_(?![\w_])/, wrap('italic')],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, readLink],
  [/^<(https?:\/\/[^\s>]+)>/, (match) => linkTo(match[1])],
  [/^https?:\/\/[^\s<]*[^\s<.,:;"')\]*_~|]/, (match) => linkTo(match[0])],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, readTime],
  [/^<@!?(\d{17,19})>/, (match) => ({ type: 'user', id: match[1] })],
  [/^<@&(\d{17,19})>/, (match) => ({ type: 'role', id: match[1] })],
  [/^<#(\d{17,19})>/, (match) => ({ type: 'channel', id: match[1] })],
  [/^<\/([^:>]+):\d{17,19}>/, (match) => ({ type: 'command', name: match[1] })],
  [/^<a?:(\w+):\d{17,19}>/, (match) => ({ type: 'text', text: `:${match[1]}:` })],
  [/^@(everyone|here)\b/, (match) => ({ type: 'everyone', name: match[1] })],
];

function readLink(match) {
  return { type: 'link', url: match[2], children: parseInline(match[1]) };
}

const linkTo = (url) => ({ type: 'link', url, children: [{ type: 'text', text: url }] });

function readTime(match) {
  const seconds = Number(match[1]);
  const isPossible = !Number.isNaN(new Date(seconds * 1000).getTime());
  if (!isPossible) return { type: 'text', text: match[0] };
  return { type: 'time', seconds, style: match[2] ?? 'f' };
}

/** Reads text without blocks: what stands in a line, a title, a field's name. */
export function parseInline(text) {
  const nodes = [];
  const addText = (piece) => {
    const last = nodes.at(-1);
    if (last?.type === 'text') last.text += piece;
    else nodes.push({ type: 'text', text: piece });
  };
  let at = 0;
  while (at < text.length) {
    const [node, length] = readInline(text, at);
    if (node.type === 'text') addText(node.text);
    else nodes.push(node);
    at += length;
  }
  return nodes;
}

function readInline(text, at) {
  const rest = text.slice(at);
  // An underscore inside a word is part of it: `client_order_id` is not half italic.
  const isInsideWord = rest[0] === '_' && /\w/.test(text[at - 1] ?? '');
  for (const [pattern, read] of INLINE_RULES) {
    const match = isInsideWord ? null : pattern.exec(rest);
    if (match) return [read(match), match[0].length];
  }
  const plain = /^(?:[A-Za-z0-9 ]+?(?=https?:\/\/|[^A-Za-z0-9 ]|$)|[\s\S])/u.exec(rest)[0];
  return [{ type: 'text', text: plain }, plain.length];
}
