/** Elements to frames, so that nothing we send can end our own stream. */
import { NS_CLIENT } from './element.js';
import type { Element } from './element.js';
import { parseFrame } from './frame.js';
import { ChatError } from '../base/error.js';

const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' };
/** Nothing in it needs a second look. */
const plain = /^[ !#-%'-;=?-~]*$/;
const escape = (text: string, which: RegExp): string => (plain.test(text) ? text : text.replace(forbidden, '\uFFFD').replace(which, (character) => escapes[character]!));

function write(element: Element, xmlns: string | undefined): string {
  let out = `<${element.name}`;
  if (xmlns !== undefined && element.attrs['xmlns'] === undefined && !element.name.includes(':')) out += ` xmlns="${xmlns}"`;
  for (const [key, value] of Object.entries(element.attrs)) {
    if (value !== undefined && value !== null) out += ` ${key}="${escape(String(value), /[&<>"\t\n\r]/g)}"`;
  }
  if (element.children.length === 0) return `${out}/>`;
  out += '>';
  for (const child of element.children) out += typeof child === 'object' ? write(child, undefined) : escape(String(child), /[&<>\r]/g);
  return `${out}</${element.name}>`;
}

/**
 * The frame of an element. A stanza without a namespace gets its own (RFC 7395 §3.3.3); characters XML has no way to
 * carry become U+FFFD. Reading the frame back and writing it again gives the same bytes, which is what a resend after
 * a resumption stands on. Throws `ChatError('invalid')` where a server would have to end the stream.
 */
export function toFrame(element: Element): string {
  const frame = write(element, NS_CLIENT);
  try {
    parseFrame(frame);
  } catch (cause) {
    throw new ChatError('invalid', 'the stanza cannot be sent', { cause });
  }
  return frame;
}
