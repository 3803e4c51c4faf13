import { expect } from '@open-wc/testing';
import { readSet, writeSet } from '../../src/xep/0059-rsm.js';
import { example } from '../support/xep-examples.js';
import { expectXml, parse } from '../support/xml.js';
import type { Element } from '../../src/xmpp/element.js';

const query = (iq: Element): Element => iq.getChild('query') as Element;

describe('xep/0059-rsm', () => {
  it('writes the sets of the specification\'s requests', async () => {
    for (const [caption, request] of [
      ['Requesting the First Page', { max: 10 }],
      ['Requesting the Second Page', { max: 10, after: 'peterpan@neverland.lit' }],
      ['Requesting the Previous Page', { max: 10, before: 'peter@pixyland.org' }],
      ['Requesting the Last Page', { max: 10, before: '' }],
    ] as const) {
      const set = query(await example('0059', caption)).getChild('set') as Element;
      expectXml(writeSet(request), set.toString());
    }
  });
  it('reads the sets of its answers', async () => {
    expect(readSet(query(await example('0059', 'Returning the Second Page')))).to.deep.equal({ first: 'peter@pixyland.org', last: 'peter@rabbit.lit', index: 10, count: 800 });
    expect(readSet(query(await example('0059', 'Returning an Empty Page')))).to.deep.equal({ count: 790 });
    expect(readSet(parse('<query/>'))).to.deep.equal({});
  });
  it('hostile: numbers that are none', () => {
    const set = (count: string): unknown => readSet(parse(`<q><set xmlns='http://jabber.org/protocol/rsm'><first index='${count}'>a</first><count>${count}</count></set></q>`));
    for (const bad of ['-1', '1e9', '99999999999999999999', 'NaN', '0x10']) expect(set(bad), bad).to.deep.equal({ first: 'a' });
  });
});
