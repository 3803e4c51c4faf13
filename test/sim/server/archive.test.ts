import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { xml } from '../../../src/xmpp/element.js';
import { Faults } from '../faults.js';
import type { FaultKind } from '../faults.js';
import { Random } from '../random.js';
import { Archive } from './archive.js';

const NS_RSM = 'http://jabber.org/protocol/rsm';

/** Twelve messages, every third one with Ben; pages hold four. */
const archive = new Archive('me@sim.test', new Random(1));
for (let i = 0; i < 12; i += 1) archive.add({ name: 'message', attrs: { id: `m${i}` }, inner: `<body>${i}</body>` }, i % 3 === 0 ? 'ben@sim.test' : 'ann@sim.test', i);
const ids = archive.all.map(({ id }) => id);

function ask({ since, ...edge }: { readonly after?: string; readonly before?: string; readonly since?: string }, other?: string, fault?: FaultKind): { page: readonly number[]; complete: boolean; struck: boolean } {
  const faults = new Faults(() => {});
  if (fault) faults.arm(fault);
  const fields = Object.entries({ with: other, 'after-id': since }).filter(([, value]) => value !== undefined);
  const filter = fields.length > 0 && xml('x', { xmlns: 'jabber:x:data' }, ...fields.map(([name, value]) => xml('field', { var: name }, xml('value', {}, value ?? ''))));
  const query = xml('query', { xmlns: 'urn:xmpp:mam:2' }, filter, xml('set', { xmlns: NS_RSM }, xml('max', {}, '100'), ...Object.entries(edge).map(([name, id]) => xml(name, {}, id))));
  const { results, reply } = archive.answer(query, 'me@sim.test/a', 4, faults);
  const { fin } = reply as { fin: string };
  return { page: results.map((result) => ids.findIndex((id) => result.includes(`id="${id}"`))), complete: fin.includes('complete="true"'), struck: faults.counts.size > 0 };
}

describe('the archive of the model server', () => {
  it('gives what lies beyond an item, and says where nothing else does', () => {
    assert.deepEqual(ask({ after: ids[1]! }), { page: [2, 3, 4, 5], complete: false, struck: false });
    assert.deepEqual(ask({ after: ids[7]! }), { page: [8, 9, 10, 11], complete: true, struck: false });
    assert.deepEqual(ask({ after: ids[11]! }), { page: [], complete: true, struck: false });
    assert.deepEqual(ask({ before: '' }), { page: [8, 9, 10, 11], complete: false, struck: false });
    assert.deepEqual(ask({ before: ids[4]! }), { page: [0, 1, 2, 3], complete: true, struck: false });
    assert.deepEqual(ask({ before: ids[9]! }, 'ben@sim.test'), { page: [0, 3, 6], complete: true, struck: false });
    // What was asked from need not be with the same person.
    assert.deepEqual(ask({ after: ids[4]! }, 'ben@sim.test'), { page: [6, 9], complete: true, struck: false });
  });

  it('gives the newest of what lies after an item', () => {
    assert.deepEqual(ask({ before: '', since: ids[9]! }), { page: [10, 11], complete: true, struck: false });
    assert.deepEqual(ask({ before: '', since: ids[7]! }), { page: [8, 9, 10, 11], complete: true, struck: false });
    assert.deepEqual(ask({ before: '', since: ids[1]! }), { page: [8, 9, 10, 11], complete: false, struck: false });
    assert.deepEqual(ask({ before: '', since: ids[11]! }), { page: [], complete: true, struck: false });
    assert.deepEqual(ask({ before: '', since: ids[9]! }, undefined, 'mam-after-id-ignored'), { page: [8, 9, 10, 11], complete: false, struck: true });
  });

  it('repeats a page only so that it can be seen: with the item that it is to lie beyond', () => {
    for (const id of ids) {
      for (const edge of [{ after: id }, { before: id }]) {
        const { page, struck } = ask(edge, undefined, 'mam-repeated');
        assert.ok(struck);
        assert.ok(page.includes(ids.indexOf(id)), `${JSON.stringify(edge)} of ${ids.indexOf(id)}: ${page.join(' ')}`);
      }
    }
    assert.deepEqual(ask({ before: '' }, undefined, 'mam-repeated'), { page: [8, 9, 10, 11], complete: false, struck: false });
    assert.deepEqual(ask({ after: ids[4]! }, 'ben@sim.test', 'mam-repeated'), { page: [6, 9], complete: true, struck: false });
  });
});
