import { expect } from '@open-wc/testing';
import { sha1 } from '../../src/xep/sha-1.js';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

describe('xep/sha-1', () => {
  it('hashes every length about the block\'s edges as the platform does', async () => {
    for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 70_000]) {
      const message = new Uint8Array(length).map((_, i) => (i * 31 + length) & 0xff);
      expect(hex(sha1(message)), `${length}`).to.equal(hex(new Uint8Array(await crypto.subtle.digest('SHA-1', message))));
    }
  });
  it('hashes the vector of RFC 3174', () => {
    expect(hex(sha1(new TextEncoder().encode('abc')))).to.equal('a9993e364706816aba3e25717850c26c9cd0d89d');
  });
});
