import { expect } from '@open-wc/testing';
import type { ReactiveControllerHost } from 'lit';
import { FrameTurn } from '../../../components/message-list/frame-turn.js';
import { frames } from '../../support/view.js';

const host = { addController() {} } as unknown as ReactiveControllerHost;

describe('message-list/frame-turn', () => {
  const { setTimeout: timeout } = globalThis;
  let rests: (() => void)[] = [];
  let turn: FrameTurn;
  let came = Promise.resolve();
  /** Whether the next drawing may come within some frames. */
  const comes = async (): Promise<boolean> => {
    let has = false;
    came = turn.comes().then(() => void (has = true));
    for (let n = 0; n < 4; n += 1) await frames(); // oxlint-disable-line no-await-in-loop
    return has;
  };
  beforeEach(() => {
    rests = [];
    globalThis.setTimeout = ((run: () => void) => rests.push(run)) as unknown as typeof setTimeout;
    turn = new FrameTurn(host);
    turn.hostConnected();
  });
  afterEach(() => {
    turn.hostDisconnected();
    globalThis.setTimeout = timeout;
  });

  it('comes with every frame, and less often while somebody writes', async () => {
    expect([await comes(), await comes()]).to.deep.equal([true, true]);
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
    expect(await comes(), 'after the frame of the key').to.equal(true);
    expect(await comes()).to.equal(false);
    for (const rested of rests) rested();
    await came;
  });

  it('comes at once to what one wrote oneself', async () => {
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
    expect(await comes()).to.equal(true);
    expect(await comes()).to.equal(false);
    turn.hurry();
    await came;
  });
});
