import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { frameLimits, looksLikeStanza, parseFrame } from '../../src/xmpp/frame.js';
import { toFrame } from '../../src/xmpp/serialize.js';
import { xml } from '../../src/xmpp/element.js';
import type { Element } from '../../src/xmpp/element.js';
import { ChatError } from '../../src/base/error.js';
import { allExamples } from './all-examples.js';

const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';
type Tree = readonly [name: string, ns: string, attributes: readonly string[], children: readonly (Tree | string)[]];

const join = (children: readonly (Tree | string)[]): (Tree | string)[] => {
  const out: (Tree | string)[] = [];
  for (const child of children) {
    if (typeof child === 'string' && typeof out.at(-1) === 'string') out[out.length - 1] += child;
    else if (child !== '') out.push(child);
  }
  return out;
};
const ours = (element: Element): Tree => [
  element.name,
  element.getNS() ?? '',
  Object.entries(element.attrs).map(([name, value]) => `${name}=${value}`).toSorted(),
  element.children.map((child) => (typeof child === 'string' ? child : ours(child))),
];
const theirs = (node: globalThis.Element): Tree => [
  node.nodeName,
  node.namespaceURI ?? '',
  Array.from(node.attributes, ({ name, value }) => `${name}=${value}`).toSorted(),
  join(Array.from(node.childNodes, (child) => (child.nodeType === Node.ELEMENT_NODE ? theirs(child as globalThis.Element) : (child.nodeValue ?? '')))),
];
/** What the browser makes of it; `undefined` where it refuses. */
function browser(data: string): { readonly tree: Tree; readonly restricted: boolean } | undefined {
  const dom = new DOMParser().parseFromString(data, 'application/xml');
  if (dom.getElementsByTagName('parsererror').length > 0) return undefined;
  const walk = (node: Node): boolean => [Node.COMMENT_NODE, Node.PROCESSING_INSTRUCTION_NODE, Node.DOCUMENT_TYPE_NODE].some((type) => type === node.nodeType) || Array.from(node.childNodes).some(walk);
  return { tree: theirs(dom.documentElement), restricted: walk(dom) || /<\?xml/.test(data) };
}
function attempt(data: string): Element | ChatError {
  try {
    return parseFrame(data);
  } catch (error) {
    expect(error, data).to.be.instanceOf(ChatError);
    expect((error as ChatError).code).to.equal('protocol');
    return error as ChatError;
  }
}
const condition = (data: string): string | undefined => {
  const result = attempt(data);
  return result instanceof ChatError ? result.condition : 'accepted';
};
/** Whatever we accept, the browser accepts and reads the same way. */
function agree(data: string): boolean {
  const result = attempt(data);
  if (result instanceof ChatError) return false;
  const reference = browser(data);
  expect(reference?.tree, data).to.deep.equal(ours(result));
  return true;
}

describe('xmpp/frame', () => {
  it('reads a stanza: prefixes, references, CDATA, line ends', () => {
    const frame = `<message xmlns='jabber:client' to="a@b" xml:lang='en' a='x&#10;y\tz\r\nw'><body>1 &lt; 2 &amp;&#x1F600;<![CDATA[<&]]>\r\nend</body><p:x xmlns:p='urn:p' p:k='v'/>\n</message>`;
    expect(agree(frame)).to.equal(true);
    const message = parseFrame(frame);
    expect(message.attrs['a']).to.equal('x\ny z w');
    expect(message.getChildText('body', 'jabber:client')).to.equal('1 < 2 &😀<&\nend');
    expect(message.getChild('x', 'urn:p')?.attrs['p:k']).to.equal('v');
    expect(message.getChild('x', 'urn:p')?.parent).to.equal(message);
  });

  it("takes xmlns='' for no namespace, which the builder's own lookup does not", () => {
    const message = parseFrame("<message xmlns='jabber:client'><body xmlns=''>not a body</body></message>");
    expect(message.getChildText('body', 'jabber:client')).to.equal(null);
    expect(message.getChild('body')?.getNS()).to.equal(undefined);
  });

  it('is not led astray by names of the language', () => {
    const frame = "<x __proto__='a' constructor='b' xmlns='urn:x'/>";
    expect(agree(frame)).to.equal(true);
    expect(parseFrame('<x/>').attrs['constructor']).to.equal(undefined);
  });

  it('refuses what XMPP restricts', () => {
    for (const bad of ['<!DOCTYPE x><x/>', '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', '<x><!-- c --></x>', '<!-- c --><x/>', '<x/><!-- c -->', '<?xml version="1.0"?><x/>', '<x><?p i?></x>', '<x>&a;</x>', '<x a="&a;"/>', '<![CDATA[x]]>', '<x>&constructor;</x>'])
      expect(condition(bad), bad).to.equal('restricted-xml');
  });

  it('refuses what is no XML', () => {
    const bad = ['', ' ', 'x', '<', '<x', '<x>', '</x>', '<x></y>', '<x/><y/>', '<x/>y', 'y<x/>', '<x a=b/>', "<x a='1' a='2'/>", "<x a='1'b='2'/>", "<x a='<'/>", '<x>&</x>', '<x>& ;</x>', '<x>&#0;</x>', '<x>&#xFFFE;</x>', '<x>&#xD800;</x>', '<x>&#x110000;</x>',
      '<x>&#99999999999999999999;</x>', '<x>\u0000</x>', '<x>\uFFFE</x>', '<x>\uD800</x>', '<x>\u001B</x>', '<x>]]></x>', '<x><![CDATA[</x>', '<1/>', '<x:/>', '<:x/>', '<a:b:c/>', '< x/>', '<x / >', '<x><y></x></y>', '<x a/>', '</x><x/>'];
    for (const frame of bad) expect(condition(frame), frame).to.equal('not-well-formed');
  });

  it('refuses what breaks namespaces, and knows a stanza by its first word', () => {
    for (const bad of ['<p:x/>', '<xml:x/>', "<x p:a='1'/>", "<x xmlns:p=''/>", "<x xmlns:xml='urn:x'/>", "<x xmlns:p='http://www.w3.org/XML/1998/namespace'/>", `<x xmlns='${NS_XMLNS}'/>`, "<x xmlns:xmlns='urn:x'/>", "<xmlns:x/>", "<x xmlns:a='u' xmlns:b='u' a:k='1' b:k='2'/>", "<x><y xmlns:p='u'/><p:z/></x>"])
      expect(condition(bad), bad).to.equal('bad-namespace-prefix');
    expect(looksLikeStanza("<message to='a'>")).to.equal(true);
    expect(looksLikeStanza('<messages/>')).to.equal(false);
  });

  it('holds its limits to the one', () => {
    const deep = (depth: number): string => '<x>'.repeat(depth - 1) + '<x/>' + '</x>'.repeat(depth - 1);
    const wide = (children: number): string => `<x>${'<y/>'.repeat(children)}</x>`;
    const many = (attributes: number): string => `<x${Array.from({ length: attributes }, (_, at) => ` a${at}=''`).join('')}/>`;
    const long = (bytes: number, filler: string): string => `<x>${filler.repeat(Math.floor((bytes - 7) / new TextEncoder().encode(filler).length))}${'-'.repeat((bytes - 7) % new TextEncoder().encode(filler).length)}</x>`;
    const cases: [(n: number) => string, number][] = [[deep, frameLimits.depth], [wide, frameLimits.children], [many, frameLimits.attributes], [(n) => long(n, 'a'), frameLimits.bytes], [(n) => long(n, '€'), frameLimits.bytes]];
    for (const [make, limit] of cases) {
      expect(condition(make(limit - 1))).to.equal('accepted');
      expect(condition(make(limit))).to.equal('accepted');
      expect(condition(make(limit + 1))).to.equal('policy-violation');
      expect(condition(make(limit * 3))).to.equal('policy-violation');
    }
  });

  it('survives every example of the specifications, and accepts exactly what a browser would', async () => {
    let seen = 0;
    let accepted = 0;
    for (const { caption, xml: example } of await allExamples()) {
      seen++;
      const reference = browser(example);
      const good = reference !== undefined && !reference.restricted;
      const result = attempt(example);
      if (result instanceof ChatError && good) expect(result.condition, `${caption}: ${example}`).to.equal('bad-namespace-prefix');
      if (!(result instanceof ChatError)) {
        expect(good, `${caption}: ${example}`).to.equal(true);
        expect(ours(result)).to.deep.equal(reference!.tree);
        accepted++;
      }
    }
    expect(seen).to.equal(1403);
    expect(accepted).to.be.greaterThan(800);
  });

  it('agrees with the browser on whatever it accepts of mutated frames', async function () {
    this.timeout(60_000);
    const examples = (await allExamples()).map(({ xml: example }) => example).filter((example) => example.length < 2_000 && !(attempt(example) instanceof ChatError));
    const pieces = ['<', '>', '/', '&', ';', '"', "'", '=', ' ', '\n', '\r', '\t', '<x>', '</x>', '<x/>', '<![CDATA[', ']]>', ']]', '<!--', '-->', '<?', '?>', '&amp;', '&#10;', '&#x41;', '&#0;', '&lt', 'xmlns=""', " xmlns:p='u'", 'p:', ':', '\u0000', '\uFFFE', '\uD800', '\u0085', '\u2028', 'é', '😀', " a='b'", "xmlns='urn:x'", 'xml:', '</', '<p:y/>', '__proto__'];
    const mutation = fc.record({ at: fc.nat(), cut: fc.nat({ max: 6 }), piece: fc.constantFrom('', ...pieces), from: fc.nat() });
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...examples), fc.array(mutation, { minLength: 1, maxLength: 3 }), (example, mutations) => {
        let frame = example;
        for (const { at, cut, piece, from } of mutations) {
          const place = at % (frame.length + 1);
          // One in three takes a piece of the frame itself, so that tags are doubled and crossed.
          const put = from % 3 === 0 ? frame.slice(from % frame.length, (from % frame.length) + 12) : piece;
          frame = frame.slice(0, place) + put + frame.slice(place + cut);
          if (frame === '') frame = ' ';
        }
        if (agree(frame)) accepted++;
      }),
      { seed: 20260101, numRuns: 20_000 },
    );
    expect(accepted).to.be.greaterThan(1_000);
  });

  it('writes what it can read back to the same bytes, whatever the strings', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const once = toFrame(xml('message', { to: a, 'xml:lang': b }, c, xml('body', {}, b, c), xml('x', { xmlns: 'urn:x', a: c })));
        const read = parseFrame(once);
        expect(read.getNS()).to.equal('jabber:client');
        expect(toFrame(read)).to.equal(once);
      }),
      { seed: 7, numRuns: 2_000 },
    );
    expect(parseFrame(toFrame(xml('body', {}, 'a\u0000b\uD800c\r\nd'))).text()).to.equal('a\uFFFDb\uFFFDc\r\nd');
  });

  it('does not send what would end the stream', () => {
    for (const bad of [xml('a b'), xml('message', { 'a b': 'c' }), xml('message', {}, xml('p:x')), xml('message', {}, 'x'.repeat(frameLimits.bytes))])
      expect(() => toFrame(bad)).to.throw(ChatError).with.property('code', 'invalid');
  });
});
