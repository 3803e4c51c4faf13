// What every extension has to keep, whoever wrote it: looped over the registry, so that a new one is held to it by its
// line in `index.ts`.
import { expect } from '@open-wc/testing';
import { readFile } from '@web/test-runner-commands';
import { modules } from '../../src/xep/index.js';
import { factBase } from '../../src/xep/rfc6121-message.js';
import { parseFrame } from '../../src/xmpp/frame.js';
import { ChatError } from '../../src/base/error.js';
import { childElements, Element } from '../../src/xmpp/element.js';
import { fakeContext } from '../support/xep-context.js';
import { examplesOf } from '../support/xep-examples.js';
import { parse, parseAll } from '../support/xml.js';
import type { Whereabouts } from '../../src/xep/rfc6121-message.js';
import type { FactBase } from '../../src/model/fact.js';

const specifications =
  '0004 0030 0045 0048 0049 0050 0054 0059 0060 0066 0077 0080 0084 0085 0092 0100 0115 0153 0156 0158 0163 0166 0167 0172 0176 0184 0191 0198 0199 0201 0203 0215 0223 0245 0249 0280 0292 0293 0294 0297 0300 0308 0313 0317 0319 0320 0333 0334 0338 0339 0352 0353 0357 0359 0363 0372 0377 0379 0380 0382 0384 0386 0388 0390 0393 0398 0401 0402 0410 0420 0421 0424 0425 0428 0433 0439 0444 0445 0446 0447 0448 0449 0454 0455 0461 0466 0469 0474 0481 0482 0484 0486 0488 0490 0492 0500 0502 0511 0513'.split(' ');

const where: Whereabouts = { me: 'romeo@montague.example', server: 'montague.example', now: 1, isRoom: () => false, ownNick: () => undefined, archives: () => true };
const asRoom: Whereabouts = { ...where, isRoom: () => true, ownNick: () => 'romeo' };
const forced: FactBase = { conversation: 'a@x.example', chatType: 'chat', sender: 'a@x.example', mine: false, at: 1, archive: 'romeo@montague.example' };

/** An element and everything in it. */
const within = (element: Element): Element[] => [element, ...childElements(element).flatMap(within)];
/** The same without what a reader may count on: each attribute, each child, all text. */
function* damaged(element: Element): Generator<Element> {
  const copy = (one: Element, attrs: Record<string, string | undefined>, children: (Element | string)[]): Element => {
    const made = new Element(one.name, attrs);
    made.append(...children.map((child) => (typeof child === 'string' ? child : copy(child, { ...child.attrs }, child.children))));
    return made;
  };
  for (const name of Object.keys(element.attrs)) {
    yield copy(element, { ...element.attrs, [name]: undefined }, element.children);
    yield copy(element, { ...element.attrs, [name]: '' }, element.children);
  }
  for (const child of childElements(element)) {
    yield copy(element, { ...element.attrs }, element.children.filter((one) => one !== child));
    yield copy(element, { ...element.attrs }, element.children.map((one) => (one === child ? new Element(child.name, { ...child.attrs }) : one)));
    yield copy(element, { ...element.attrs }, [...element.children, child]);
  }
}

/** For each module that takes wrappers off: stanzas it must not open. Each has all that the true ones have, but not their sender. */
const forged: Readonly<Record<string, readonly string[]>> = {
  '0280': ['received', 'sent'].map((copy) => `<message from='mallory@evil.example/a' to='romeo@montague.example'><${copy} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='romeo@montague.example/b' to='romeo@montague.example/a'><body>x</body></message></forwarded></${copy}></message>`),
  '0313': ['mallory@evil.example', 'romeo@montague.example'].map((from) => `<message from='${from}' to='romeo@montague.example/garden'><result xmlns='urn:xmpp:mam:2' queryid='guess' id='1'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='romeo@montague.example/b' to='a@x.example'><body>x</body></message></forwarded></result></message>`),
};

describe('xep: what every module keeps', () => {
  it('has a number and a title, and nobody else has it', () => {
    for (const { xep, title } of modules) {
      expect(xep).to.match(/^(\d{4}|RFC \d{4} §\d+)$/);
      expect(title).to.not.equal('');
    }
    expect(new Set(modules.map(({ xep }) => xep)).size).to.equal(modules.length);
  });

  it('stands in a file of its number, whose head names the specification, its version, what comes in and what goes out', async () => {
    const index = (await readFile({ path: '../../src/xep/index.ts' })) ?? '';
    const files = new Map(Array.from(index.matchAll(/^import \{ (\w+) \} from '\.\/([\w-]+)\.js';$/gm), ([, name = '', file = '']) => [name, file]));
    const entries = Array.from(/= \[([\s\S]*?)\];/.exec(index)?.[1]?.matchAll(/^ {2}(\w+),$/gm) ?? [], ([, name = '']) => name);
    expect(entries).to.have.lengthOf(modules.length);
    for (const [at, { xep }] of modules.entries()) {
      const file = files.get(entries[at] ?? '') ?? '';
      const head = /^\/\*\*[\s\S]*?\*\//.exec((await readFile({ path: `../../src/xep/${file}.ts` })) ?? '')?.[0] ?? '';
      expect(file, xep).to.match(xep.startsWith('RFC') ? new RegExp(`^${xep.slice(0, 8).replace(' ', '').toLowerCase()}-`) : new RegExp(`^${xep}-`));
      expect(head, `${file}: In`).to.contain('In:');
      expect(head, `${file}: Out`).to.contain('Out:');
      if (xep.startsWith('RFC')) {
        expect(head, file).to.match(/https:\/\/(www\.rfc-editor\.org|datatracker\.ietf\.org)\S*rfc\d{4}/);
        continue;
      }
      expect(head, file).to.contain(`https://xmpp.org/extensions/xep-${xep}.html`);
      if (specifications.includes(xep)) expect(head, file).to.contain(`version ${(await examplesOf(xep)).version}`);
    }
  });

  it('announces each feature once', () => {
    const features = modules.flatMap((module) => module.features ?? []);
    expect(features.filter((feature, at) => features.indexOf(feature) !== at)).to.deep.equal([]);
  });

  it('answers each question in one place', () => {
    const served = modules.flatMap((module) => module.serves ?? []).map(({ type, name, ns }) => `${type} ${name} ${ns}`);
    expect(served.filter((one, at) => served.indexOf(one) !== at)).to.deep.equal([]);
  });

  it('opens no forged wrapper', () => {
    for (const { xep, unwrap } of modules) {
      if (!unwrap) continue;
      const cases = forged[xep];
      expect(cases, `XEP-${xep} takes wrappers off: which must it refuse?`).to.not.equal(undefined);
      for (const xml of cases ?? []) expect(unwrap(parse(xml), fakeContext()), xml).to.have.property('reject');
    }
  });

  it('survives every example of every specification, whole and damaged', async function () {
    this.timeout(60_000);
    const ctx = fakeContext({ modules });
    let examples = 0;
    let frames = 0;
    let read = 0;
    for (const specification of specifications) {
      for (const { xml } of (await examplesOf(specification)).examples) {
        examples += 1;
        let elements: Element[] = [];
        try {
          // As a frame: refused with a reason, or an element.
          elements = [parseFrame(xml)];
          frames += 1;
        } catch (error) {
          expect(error, xml).to.be.instanceOf(ChatError);
          try {
            // Several stanzas, a comment, an undeclared prefix: what can be read of it at all is tried all the same.
            elements = parseAll(xml.replaceAll(/<(\/?)([a-z]+):/g, '<$1$2-'));
          } catch {
            continue;
          }
        }
        for (const top of elements.flatMap(within)) {
          for (const stanza of [top, ...damaged(top)]) {
            for (const base of [factBase(stanza, where), factBase(stanza, asRoom), forced]) {
              if (!base) continue;
              for (const module of modules) {
                const facts = module.read?.({ stanza, base, origin: 'live' }) ?? [];
                read += 1;
                for (const fact of facts) expect(fact.conversation, `XEP-${module.xep}: a fact of no conversation`).to.be.a('string').and.not.equal('');
                module.unwrap?.(stanza, ctx);
              }
            }
          }
        }
      }
    }
    expect(examples).to.equal(1403);
    expect(frames).to.be.above(1000);
    expect(read).to.be.above(100_000);
  });
});
