/**
 * One WebSocket frame is one complete XML element (RFC 7395 §3.3.1), and XMPP's XML is a restricted one
 * (RFC 6120 §11.1). The wire library's parser skips what it does not know and can swallow the frame after a broken
 * one, so this one stands in its place: whatever it accepts gives the same tree as a browser's own XML parser.
 */
import { Element } from './element.js';
import { ChatError } from '../base/error.js';

/** Bytes of UTF-8 in a frame; nesting; child elements of one element; attributes of one element. */
export const frameLimits = { bytes: 1_048_576, depth: 64, children: 10_000, attributes: 64 } as const;

/** Stream error conditions (RFC 6120 §4.9.3) of a refused frame. */
export type FrameFault = 'not-well-formed' | 'restricted-xml' | 'bad-namespace-prefix' | 'policy-violation';

const refuse = (condition: FrameFault, what: string): never => {
  throw new ChatError('protocol', `frame refused: ${what}`, { condition });
};

const NS_XML = 'http://www.w3.org/XML/1998/namespace';
const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';
// Names of XML 1.0 without the planes beyond the first, which expat, and so every common server, refuses too.
const first = 'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}';
const part = `[${first}][${first}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`;
const anyName = new RegExp(`^${part}(?::${part})?$`, 'u');
// Nearly every name is of these, and a regular expression of all the others is slow.
const plainName = /^[A-Za-z_][-.\w]*(?::[A-Za-z_][-.\w]*)?$/;
const isName = (text: string): boolean => plainName.test(text) || anyName.test(text);
const find = (pattern: RegExp, data: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(data) ? pattern.lastIndex - 1 : data.length;
};
const nameEnd = /[ \t\n\r/>=<"']/g;
const notSpace = /[^ \t\n\r]/g;
// Nearly every frame is of these; see above.
const plainText = /^[\t\n\r -~]*$/;
const notCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const isCharacter = (code: number): boolean => code <= 0x10ffff && !notCharacter.test(String.fromCodePoint(code));

const encoder = new TextEncoder();
const tooLong = (data: string): boolean =>
  data.length > frameLimits.bytes || (data.length * 3 > frameLimits.bytes && encoder.encode(data).length > frameLimits.bytes);

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function resolve(body: string): string {
  const numeric = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(body);
  if (!numeric && !/^\w+$/.test(body)) return refuse('not-well-formed', 'a bare ampersand');
  if (!numeric) return Object.hasOwn(entities, body) ? entities[body]! : refuse('restricted-xml', 'an entity reference');
  const code = numeric[1] === undefined ? Number.parseInt(numeric[2]!, 10) : Number.parseInt(numeric[1], 16);
  return isCharacter(code) ? String.fromCodePoint(code) : refuse('not-well-formed', 'a reference to no character');
}

/** Line ends first (XML §2.11), white space of attributes then (§3.3.3), references last: `&#10;` stays a line end. */
function decode(raw: string, inAttribute: boolean): string {
  let text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  if (inAttribute && /[\t\n]/.test(text)) text = text.replace(/[\t\n]/g, ' ');
  let out = '';
  let from = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', from)) {
    const end = text.indexOf(';', at);
    if (end < 0) refuse('not-well-formed', 'a bare ampersand');
    out += text.slice(from, at) + resolve(text.slice(at + 1, end));
    from = end + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

type Attributes = Record<string, string | undefined>;
/** Prefix to namespace; an inner scope inherits from the outer one. */
type Scope = Record<string, string>;

function declared(element: Element, key: string): string | undefined {
  for (let at: Element | null = element; at; at = at.parent) {
    const ns = at.attrs[key];
    if (ns !== undefined) return ns === '' ? undefined : ns;
  }
  return undefined;
}

/** The builder's `Element` takes `xmlns=''` for an absent one; a parsed element knows better (Namespaces in XML §6.2). */
class FrameElement extends Element {
  override getNS(): string | undefined {
    const colon = this.name.indexOf(':');
    return declared(this, colon < 0 ? 'xmlns' : `xmlns:${this.name.slice(0, colon)}`);
  }
}

function scopeOf(attrs: Attributes, outer: Scope): Scope {
  let scope = outer;
  for (const key in attrs) {
    if (!key.startsWith('xmlns:')) continue;
    const value = attrs[key] ?? '';
    const prefix = key.slice(6);
    if (prefix === 'xmlns' || value === NS_XMLNS || (prefix === 'xml') !== (value === NS_XML)) refuse('bad-namespace-prefix', 'a reserved prefix or namespace');
    if (value === '') refuse('bad-namespace-prefix', 'a prefix without a namespace');
    if (scope === outer) scope = Object.create(outer) as Scope;
    scope[prefix] = value;
  }
  return scope;
}

const prefixOf = (qname: string): string => qname.slice(0, Math.max(0, qname.indexOf(':')));

/** Namespaces in XML §5 and §6.3: every prefix declared, no attribute twice under two prefixes. */
function checkPrefixes(element: Element, scope: Scope): void {
  const prefix = prefixOf(element.name);
  // `xml:` is for attributes (§3), and browsers do not agree on what it makes of an element.
  if (prefix === 'xmlns' || prefix === 'xml' || (prefix !== '' && scope[prefix] === undefined)) refuse('bad-namespace-prefix', 'an undeclared prefix');
  let seen: Set<string> | undefined;
  for (const key in element.attrs) {
    const at = prefixOf(key);
    if (at === '' || at === 'xmlns') continue;
    const ns = scope[at] ?? refuse('bad-namespace-prefix', 'an undeclared prefix');
    const expanded = `${ns} ${key.slice(at.length + 1)}`;
    if ((seen ??= new Set()).has(expanded)) refuse('bad-namespace-prefix', 'an attribute twice');
    seen.add(expanded);
  }
}

/**
 * Parses one frame. `data` is the frame's text.
 * Throws `ChatError('protocol')` with a `FrameFault` as its condition, and nothing else.
 */
export function parseFrame(data: string): Element {
  if (tooLong(data)) refuse('policy-violation', 'too many bytes');
  if (!plainText.test(data) && notCharacter.test(data)) refuse('not-well-formed', 'a forbidden character');
  const open: { readonly element: Element; readonly scope: Scope; children: number }[] = [];
  const outermost = Object.assign(Object.create(null) as Scope, { xml: NS_XML });
  let root: Element | undefined;
  let position = 0;
  let text = '';
  /** The element that is being read, or one of its attributes, has a prefix; nearly none has. */
  let prefixed = false;

  const flush = (): void => {
    if (text !== '') open.at(-1)?.element.append(text);
    text = '';
  };
  const takeName = (): string => {
    const end = find(nameEnd, data, position);
    const name = data.slice(position, end);
    if (!isName(name)) refuse('not-well-formed', 'a broken name');
    position = end;
    return name;
  };
  /** One attribute, and the white space before it; false at the end of the tag. */
  const takeAttribute = (attrs: Attributes): boolean => {
    const start = find(notSpace, data, position);
    if (data[start] === '>' || data[start] === '/') {
      position = start;
      return false;
    }
    if (start === position) refuse('not-well-formed', 'a broken start tag');
    position = start;
    const name = takeName();
    if (name in attrs) refuse('not-well-formed', 'an attribute twice');
    const equals = find(notSpace, data, position);
    const opening = find(notSpace, data, equals + 1);
    const quote = data[opening];
    const closing = data[equals] === '=' && (quote === '"' || quote === "'") ? data.indexOf(quote, opening + 1) : -1;
    if (closing < 0) refuse('not-well-formed', 'a broken attribute');
    const raw = data.slice(opening + 1, closing);
    if (raw.includes('<')) refuse('not-well-formed', 'a tag in an attribute');
    const value = (attrs[name] = decode(raw, true));
    if (name.includes(':')) prefixed = true;
    else if (name === 'xmlns' && (value === NS_XML || value === NS_XMLNS)) refuse('bad-namespace-prefix', 'a reserved namespace');
    position = closing + 1;
    return true;
  };
  const takeElement = (): void => {
    if (root && open.length === 0) refuse('not-well-formed', 'a second element');
    const name = takeName();
    prefixed = name.includes(':');
    // No prototype: neither is an attribute named `__proto__` lost, nor does an absent `constructor` look present.
    const attrs = Object.create(null) as Attributes;
    for (let count = 0; takeAttribute(attrs); count++) if (count >= frameLimits.attributes) refuse('policy-violation', 'too many attributes');
    const empty = data[position] === '/';
    if (empty && data[++position] !== '>') refuse('not-well-formed', 'a broken start tag');
    position++;
    const element = new FrameElement(name);
    element.attrs = attrs;
    const outer = open.at(-1);
    let scope = outer?.scope ?? outermost;
    if (prefixed) checkPrefixes(element, (scope = scopeOf(attrs, scope)));
    if (open.length >= frameLimits.depth) refuse('policy-violation', 'too deep');
    if (outer && ++outer.children > frameLimits.children) refuse('policy-violation', 'too many children');
    if (outer) outer.element.append(element);
    else root = element;
    if (!empty) open.push({ element, scope, children: 0 });
  };

  while (position < data.length) {
    const next = data.indexOf('<', position);
    const raw = data.slice(position, next < 0 ? data.length : next);
    if (raw !== '') {
      if (open.length > 0) {
        if (raw.includes(']]>')) refuse('not-well-formed', 'the end of a CDATA section without one');
        text += decode(raw, false);
      } else if (/[^ \t\n\r]/.test(raw)) refuse('not-well-formed', 'text outside of the element');
    }
    if (next < 0) break;
    position = next + 1;
    const after = data[position];
    if (after === '/') {
      flush();
      position++;
      const name = takeName();
      position = find(notSpace, data, position);
      if (open.pop()?.element.name !== name || data[position++] !== '>') refuse('not-well-formed', 'an end tag of another element');
    } else if (after === '!' && open.length > 0 && data.startsWith('![CDATA[', position)) {
      const end = data.indexOf(']]>', position + 8);
      if (end < 0) refuse('not-well-formed', 'an open CDATA section');
      text += data.slice(position + 8, end).replace(/\r\n?/g, '\n');
      position = end + 3;
    } else if (after === '!' || after === '?') {
      refuse('restricted-xml', 'a comment, an instruction or a document type');
    } else {
      flush();
      takeElement();
    }
  }
  if (open.length > 0 || !root) return refuse('not-well-formed', 'no complete element');
  return root;
}

/** Whether a refused frame was a stanza, so that it still counts (XEP-0198 §4): what somebody else wrote must not cost the stream. */
export const looksLikeStanza = (data: string): boolean => /^[ \t\n\r]*<(?:message|presence|iq)[ \t\n\r/>]/.test(data);
