import { expect } from '@open-wc/testing';
import { Turns } from '../../src/engine/turns.js';

/** Work that ends when it is told to. */
class Works {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  readonly start = (name: string) => (): Promise<string> => {
    this.begun.push(name);
    return new Promise((resolve) => {
      this.#ends.set(name, () => resolve(name));
    });
  };
  async end(name: string): Promise<void> {
    this.#ends.get(name)!();
    for (let i = 0; i < 10; i += 1) await Promise.resolve(); // oxlint-disable-line no-await-in-loop
  }
}

describe('engine/turns', () => {
  it('lets a few be asked at a time; those not up to date first, then by use, whatever the order of asking', async () => {
    const used: Record<string, number> = { a: 1, b: 2, c: 3, d: 4 };
    const turns = new Turns(2, (archive) => used[archive] ?? 0);
    const works = new Works();
    const asked = [
      turns.run('a', false, works.start('a fills')),
      turns.run('b', false, works.start('b fills')),
      turns.run('a', true, works.start('a')),
      turns.run('c', false, works.start('c fills')),
      turns.run('d', true, works.start('d')),
      turns.run('d', false, works.start('d fills')),
    ];
    expect(works.begun).to.deep.equal(['a fills', 'b fills']);
    await works.end('b fills');
    await works.end('d');
    // Somebody opens it meanwhile.
    used['c'] = 5;
    await works.end('a');
    await works.end('c fills');
    await works.end('a fills');
    await works.end('d fills');
    expect(works.begun).to.deep.equal(['a fills', 'b fills', 'd', 'a', 'c fills', 'd fills']);
    expect(await Promise.all(asked)).to.have.lengthOf(6);
  });

  it('goes on after work that failed, and never begins more than it may', async () => {
    const turns = new Turns(4, () => 0);
    let now = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 250 }, (_, i) =>
        turns.run(`room-${i}`, i % 2 === 0, async () => {
          most = Math.max(most, (now += 1));
          await new Promise((resolve) => setTimeout(resolve));
          now -= 1;
          if (i % 3 === 0) throw new Error('asked to');
        }),
      ),
    );
    expect(most).to.equal(4);
    expect(results.filter(({ status }) => status === 'rejected')).to.have.lengthOf(84);
  });
});
