import { expect } from '@open-wc/testing';
import { clientState, setActive } from '../../src/xep/0352-csi.js';
import { ChatError } from '../../src/base/error.js';
import { fakeContext } from '../support/xep-context.js';
import { example } from '../support/xep-examples.js';
import { canonical } from '../support/xml.js';
import type { FakeContext } from '../support/xep-context.js';

const offered = async (): Promise<FakeContext> => fakeContext({ streamFeatures: await example('0352', 'Server indicates support') });
const told = (ctx: FakeContext): string[] => ctx.nonzas.map((one) => one.name);

describe('xep/0352-csi', () => {
  it('says what the specification shows, each change once', async () => {
    const ctx = await offered();
    setActive(ctx, true);
    expect(told(ctx), 'a stream starts out active').to.deep.equal([]);
    for (const active of [false, false, true, true, false]) setActive(ctx, active);
    expect(told(ctx)).to.deep.equal(['inactive', 'active', 'inactive']);
    expect(ctx.nonzas[0] && canonical(ctx.nonzas[0])).to.equal(canonical(await example('0352', 'Client indicates it is inactive')));
    expect(ctx.nonzas[1] && canonical(ctx.nonzas[1])).to.equal(canonical(await example('0352', 'Client indicates it is active')));
    expect(ctx.sent, 'no stanza').to.deep.equal([]);
  });
  it('says it again in a new stream and in a resumed one (§5.2)', async () => {
    const ctx = await offered();
    setActive(ctx, false);
    await clientState.onReady?.(ctx);
    expect(told(ctx)).to.deep.equal(['inactive', 'inactive']);
    setActive(ctx, true);
    await clientState.onReady?.(ctx);
    expect(told(ctx)).to.have.lengthOf(3);
  });
  it('says after a resumption that it is active, also to a server that kept the old state (Prosody 0.12)', async () => {
    const ctx = await offered();
    await clientState.onResumed?.(ctx);
    expect(told(ctx)).to.deep.equal(['active']);
    setActive(ctx, false);
    await clientState.onResumed?.(ctx);
    expect(told(ctx)).to.deep.equal(['active', 'inactive', 'active', 'inactive']);
  });
  it('hostile: a server that does not offer it, and a stream that is gone', async () => {
    const without = fakeContext();
    setActive(without, false);
    expect(without.nonzas).to.deep.equal([]);
    const ctx = await offered();
    let offline = true;
    const failing: FakeContext = { ...ctx, sendNonza: (element) => {
      if (offline) throw new ChatError('offline', 'gone');
      ctx.nonzas.push(element);
    } };
    setActive(failing, false);
    offline = false;
    await clientState.onReady?.(failing);
    expect(told(ctx)).to.deep.equal(['inactive']);
  });
});
