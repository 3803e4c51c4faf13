// Written XML to the wire library's elements and back, for transcripts. The browser's own parser reads it, so that a
// fault of ours in reading cannot hide a fault of ours in writing.
import { expect } from '@open-wc/testing';
import { Element } from '../../src/xmpp/element.js';

const convert = (node: globalThis.Element): Element => {
  const attrs: Record<string, string> = {};
  for (const { name, value } of Array.from(node.attributes)) attrs[name] = value;
  const element = new Element(node.nodeName, attrs);
  for (const child of Array.from(node.childNodes)) {
    if (child.nodeType === Node.ELEMENT_NODE) element.append(convert(child as globalThis.Element));
    else if (child.nodeType === Node.TEXT_NODE || child.nodeType === Node.CDATA_SECTION_NODE) element.t(child.nodeValue ?? '');
  }
  return element;
};

/** Every element at the top of `xml`, with the prefix `stream` declared as a stream would. Throws where it is not well-formed. */
export function parseAll(xml: string): Element[] {
  const dom = new DOMParser().parseFromString(`<transcript xmlns:stream="http://etherx.jabber.org/streams">${xml}</transcript>`, 'application/xml');
  if (dom.querySelector('parsererror')) throw new Error(`not well-formed: ${xml}`);
  return Array.from(dom.documentElement.children, convert);
}

/** The one element of `xml`. */
export function parse(xml: string): Element {
  const [element, ...more] = parseAll(xml);
  if (!element || more.length) throw new Error('one element expected');
  return element;
}

/** One form for equal XML: attributes sorted, blank text between elements left out, the stream's own namespace not repeated. */
export function canonical(element: Element): string {
  const attrs = Object.entries(element.attrs)
    .filter(([name, value]) => value !== undefined && !(name === 'xmlns' && value === 'jabber:client'))
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    .sort();
  const elements = element.children.some((child) => typeof child !== 'string');
  const children = element.children
    .map((child) => (typeof child === 'string' ? (elements && !child.trim() ? '' : JSON.stringify(child)) : canonical(child)))
    .join('');
  return `<${element.name}${attrs.join('')}>${children}</>`;
}

export function expectXml(actual: Element | undefined, xml: string): void {
  expect(actual && canonical(actual)).to.equal(canonical(parse(xml)));
}
