import { parse } from './xml.js';
import type { Element } from '../../src/xmpp/element.js';

export type XepExamples = { readonly xep: string; readonly title: string; readonly version: string; readonly examples: readonly { readonly caption: string; readonly xml: string }[] };

const files = new Map<string, Promise<XepExamples>>();

/** The examples of a specification, from `test/support/xep-examples/`, which the test server hands out as modules. */
export function examplesOf(xep: string): Promise<XepExamples> {
  const known = files.get(xep) ?? (import(new URL(`./xep-examples/${xep}.json`, import.meta.url).href) as Promise<{ default: XepExamples }>).then((module) => module.default);
  files.set(xep, known);
  return known;
}

/** The example whose caption starts so, as an element; `nth` where several do. */
export async function example(xep: string, caption: string, nth = 0): Promise<Element> {
  return parse(await exampleXml(xep, caption, nth));
}
export async function exampleXml(xep: string, caption: string, nth = 0): Promise<string> {
  const found = (await examplesOf(xep)).examples.filter((one) => one.caption.startsWith(caption))[nth];
  if (!found) throw new Error(`XEP-${xep} has no example "${caption}"`);
  return found.xml;
}
