import { parse } from './xml.js';
import type { Element } from '../../src/xmpp/element.js';

export type XepExamples = { readonly xep: string; readonly title: string; readonly version: string; readonly examples: readonly { readonly caption: string; readonly xml: string }[] };

const files = new Map<string, Promise<XepExamples>>();

/** The examples of a specification, from `test/support/xep-examples/`. */
export function examplesOf(xep: string): Promise<XepExamples> {
  const url = new URL(`./xep-examples/${xep}.json`, import.meta.url);
  const known = files.get(xep) ?? fetch(url).then(async (response) => {
    if (!response.ok) throw new Error(`no examples of XEP-${xep}`);
    return (await response.json()) as XepExamples;
  });
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
