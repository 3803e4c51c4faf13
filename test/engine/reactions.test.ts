import { expect } from '@open-wc/testing';
import { silentLog } from '../../src/base/log.js';
import { Reactions } from '../../src/engine/reactions.js';
import type { Incoming, Origin, XepModule } from '../../src/xep/module.js';
import { xml } from '../../src/xmpp/element.js';
import { fakeContext } from '../support/xep-context.js';
import { settle } from '../xmpp/model-server.js';

const incoming = (id: string, origin: Origin): Incoming => ({
  stanza: xml('message', { id }),
  base: { conversation: 'a@x', chatType: 'chat', sender: 'a@x', mine: false, at: 0, archive: 'me@x' },
  origin,
});

describe('engine/reactions', () => {
  it('reacts to live at once, to what was missed when catch-up has ended, to history never', async () => {
    const seen: string[] = [];
    const module: XepModule = { xep: 'test', title: 'Test', react: ({ stanza }) => void seen.push(stanza.attrs.id ?? '') };
    const reactions = new Reactions([module], () => fakeContext(), silentLog);
    reactions.add([incoming('missed', 'catch-up'), incoming('old', 'history'), incoming('now', 'live')]);
    expect(seen).to.deep.equal(['now']);
    reactions.release();
    expect(seen).to.deep.equal(['now', 'missed']);
    reactions.release();
    expect(seen, 'once').to.have.lengthOf(2);
  });

  it('hostile: a module that throws, or never ends, keeps no other from reacting', async () => {
    const seen: string[] = [];
    const modules: XepModule[] = [
      { xep: '1', title: 'Throws', react: () => { throw new Error('asked to'); } },
      { xep: '2', title: 'Rejects', react: () => Promise.reject(new Error('asked to')) },
      { xep: '3', title: 'Hangs', react: () => new Promise<void>(() => {}) },
      { xep: '4', title: 'Works', react: () => void seen.push('works') },
    ];
    const reactions = new Reactions(modules, () => fakeContext(), silentLog);
    reactions.add([incoming('now', 'live')]);
    await settle();
    expect(seen).to.deep.equal(['works']);
  });

  it('hostile: a flood of missed messages is not answered without end', () => {
    let reacted = 0;
    const module: XepModule = { xep: 'test', title: 'Test', react: () => void (reacted += 1) };
    const reactions = new Reactions([module], () => fakeContext(), silentLog);
    for (let page = 0; page < 100; page += 1) reactions.add(Array.from({ length: 100 }, (_, n) => incoming(`${page} ${n}`, 'catch-up')));
    reactions.release();
    expect(reacted).to.equal(2000);
  });
});
