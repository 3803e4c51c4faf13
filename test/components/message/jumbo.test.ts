import { expect } from '@open-wc/testing';
import { isJumbo } from '../../../components/message/jumbo.js';

describe('message/jumbo', () => {
  it('is one to three emoji and nothing else', () => {
    for (const text of ['👍', '🎉🎉', ' ❤️ 🔥 👩‍👩‍👧‍👦 ', '🇳🇴', '1️⃣']) expect(isJumbo(text), text).to.equal(true);
    for (const text of ['', ' ', 'ok 👍', '👍👍👍👍', '1', '123', '#', 'a', '👍'.repeat(100), '\u200d', '\ufe0f']) expect(isJumbo(text), text).to.equal(false);
  });
});
