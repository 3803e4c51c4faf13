import { expect } from '@open-wc/testing';
import { foldFact, keptBody, MAX_BODY, openingState } from '../../src/model/fold-message.js';
import type { Fact } from '../../src/model/fact.js';
import type { MessageState } from '../../src/model/message.js';

const base = { conversation: 'c', chatType: 'chat', sender: 'c', mine: false, at: 0, archive: 'a' } as const;
const said = (body: string, mine = false): Fact<'message'> => ({ ...base, mine, kind: 'message', body });
const failure: Fact<'failure'> = { ...base, kind: 'failure', target: 'x', condition: 'gone', text: 'moved' };
const none = (): void => {};

describe('fold-message', () => {
  it('begins with what was said; an own message from a server is sent', () => {
    expect(openingState(said('hello'))).to.deep.equal({ body: 'hello', attachments: [] });
    expect(openingState(said('hello', true)).delivery).to.equal('sent');
    const invitation = { room: 'r', inviter: 'i' };
    expect(openingState({ ...said(''), invitation }).invitation).to.equal(invitation);
  });

  it('fails only an own message that nobody has', () => {
    for (const [delivery, expected] of [['sending', 'failed'], ['sent', 'failed'], ['delivered', 'delivered'], ['read', 'read']] as const) {
      const state: MessageState = { body: '', attachments: [], delivery };
      foldFact(state, failure, true, none);
      expect(state.delivery).to.equal(expected);
      expect(state.failure).to.deep.equal(expected === 'failed' ? { condition: 'gone', text: 'moved' } : undefined);
    }
    const theirs = openingState(said('x'));
    foldFact(theirs, failure, false, none);
    expect(theirs).to.deep.equal({ body: 'x', attachments: [] });
  });

  it('keeps a text within its limit, whoever makes it longer', () => {
    expect(keptBody('x'.repeat(MAX_BODY))).to.have.length(MAX_BODY);
    expect(keptBody(`${'x'.repeat(MAX_BODY - 1)}😀`)).to.equal('x'.repeat(MAX_BODY - 1));
    expect(keptBody(`${'x'.repeat(MAX_BODY - 2)}😀y`)).to.equal(`${'x'.repeat(MAX_BODY - 2)}😀`);
    const state = openingState(said('x'));
    foldFact(state, { ...failure, kind: 'other' } as unknown as Fact, false, (into) => { into.body = 'y'.repeat(MAX_BODY + 1); });
    expect(state).to.include({ truncated: true });
    expect(state.body).to.have.length(MAX_BODY);
  });
});
