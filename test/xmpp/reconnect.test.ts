import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { Backoff, isFinal } from '../../src/xmpp/reconnect.js';
import { ChatError } from '../../src/base/error.js';

describe('xmpp/reconnect', () => {
  const cut = new ChatError('offline', 'the socket closed');
  const said = (condition: string): ChatError => new ChatError('stream-error', '', { condition });
  it('waits between 1 s and 60 s, all of the range, longer each time', () => {
    for (const [random, first, last] of [[0, 1_000, 1_000], [1, 4_000, 60_000], [0.5, 2_500, 30_500]] as const) {
      const backoff = new Backoff(() => random);
      expect(backoff.next(cut)).to.equal(first);
      let wait = 0;
      for (let failure = 0; failure < 2_000; failure++) wait = backoff.next(cut);
      expect(wait).to.equal(last);
      backoff.reset();
      expect(backoff.next(cut)).to.equal(first);
    }
  });
  it('is back soon after a blink; spreads wide where the server spoke to everybody, and widest where it is too busy', () => {
    const wait = (random: number, error: ChatError, lasted?: number): number => new Backoff(() => random).next(error, lasted);
    expect([wait(0, cut, 20_000), wait(1, cut, 20_000), wait(1, cut, 5)]).to.deep.equal([0, 3_000, 3_000]);
    for (const condition of ['system-shutdown', 'closed', 'internal-server-error', 'token-refused']) expect([wait(0, said(condition), 20_000), wait(1, said(condition), 20_000)]).to.deep.equal([1_000, 16_000]);
    for (const condition of ['resource-constraint', 'policy-violation', 'temporary-auth-failure']) expect([wait(0, said(condition), 20_000), wait(1, said(condition))]).to.deep.equal([1_000, 60_000]);
    for (const condition of ['reset', 'connection-timeout']) expect(wait(1, said(condition), 20_000)).to.equal(3_000);
  });
  it('lets a line that flaps wait no longer than 16 s, and a server that throws us out each time up to 60 s', () => {
    for (const [error, longest] of [[cut, 16_000], [said('internal-server-error'), 60_000]] as const) {
      const backoff = new Backoff(() => 1);
      let wait = 0;
      for (let time = 0; time < 20; time++) wait = backoff.next(error, 500);
      expect(wait).to.equal(longest);
      expect(backoff.next(cut, 10_000), 'a session that was well again').to.equal(3_000);
    }
  });
  it('is within its bounds, and grows, whatever happens', () => {
    const conditions = [undefined, 'system-shutdown', 'reset', 'resource-constraint', 'conflict', 'x'];
    fc.assert(
      fc.property(fc.array(fc.record({ condition: fc.constantFrom(...conditions), lasted: fc.option(fc.nat(60_000), { nil: undefined }), random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }) }), { maxLength: 60 }), (failures) => {
        let random = 0;
        const backoff = new Backoff(() => random);
        const highest = new Backoff(() => 1);
        let before = 0;
        for (const [at, failure] of failures.entries()) {
          random = failure.random;
          const error = failure.condition === undefined ? cut : said(failure.condition);
          const wait = backoff.next(error, failure.lasted);
          const ceiling = highest.next(error, failure.lasted);
          expect(wait).to.be.at.most(ceiling);
          expect(ceiling).to.be.at.most(60_000);
          if (failure.lasted === undefined) expect(wait).to.be.at.least(1_000);
          if (at > 0 && failure.lasted === undefined && failure.condition === undefined && failures[at - 1]!.lasted === undefined && failures[at - 1]!.condition === undefined) expect(ceiling).to.be.at.least(before);
          before = ceiling;
        }
      }),
      { seed: 60, numRuns: 500 },
    );
  });
  it('gives up where trying cannot help', () => {
    for (const code of ['not-authorized', 'insecure', 'forged-server'] as const) expect(isFinal(new ChatError(code, ''))).to.equal(true);
    for (const code of ['unreachable', 'timeout', 'offline', 'protocol', 'refused'] as const) expect(isFinal(new ChatError(code, ''))).to.equal(false);
    expect(isFinal(new ChatError('registration', '', { condition: 'closed' }))).to.equal(true);
    expect(isFinal(new ChatError('registration', '', { condition: 'rate-limited' })), 'there may be an account later').to.equal(false);
    expect(isFinal(new ChatError('not-authorized', '', { condition: 'rate-limited' })), 'whatever a server calls its refusal, a password is not tried again').to.equal(true);
    const final = (condition: string): boolean => isFinal(new ChatError('stream-error', '', { condition }));
    expect(['conflict', 'host-unknown'].every(final)).to.equal(true);
    expect(['system-shutdown', 'connection-timeout', 'reset', 'resource-constraint', 'see-other-host', 'undefined-condition'].some(final)).to.equal(false);
  });
});
