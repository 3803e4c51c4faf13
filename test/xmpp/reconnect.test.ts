import { expect } from '@open-wc/testing';
import { Backoff, isFinal } from '../../src/xmpp/reconnect.js';
import { ChatError } from '../../src/base/error.js';

describe('xmpp/reconnect', () => {
  it('waits between 1 s and 60 s, all of the range, longer each time', () => {
    for (const [random, first, last] of [[0, 1_000, 1_000], [1, 2_000, 60_000], [0.5, 1_500, 30_500]] as const) {
      const backoff = new Backoff(() => random);
      expect(backoff.next()).to.equal(first);
      let wait = 0;
      for (let failure = 0; failure < 2_000; failure++) wait = backoff.next();
      expect(wait).to.equal(last);
      backoff.reset();
      expect(backoff.next()).to.equal(first);
    }
  });
  it('gives up where trying cannot help', () => {
    for (const code of ['not-authorized', 'insecure', 'forged-server'] as const) expect(isFinal(new ChatError(code, ''))).to.equal(true);
    for (const code of ['unreachable', 'timeout', 'offline', 'protocol', 'refused'] as const) expect(isFinal(new ChatError(code, ''))).to.equal(false);
    const final = (condition: string): boolean => isFinal(new ChatError('stream-error', '', { condition }));
    expect(['conflict', 'host-unknown'].every(final)).to.equal(true);
    expect(['system-shutdown', 'connection-timeout', 'reset', 'resource-constraint', 'see-other-host', 'undefined-condition'].some(final)).to.equal(false);
  });
});
