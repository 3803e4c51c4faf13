import { expect } from '@open-wc/testing';
import { Source, Sources } from '../../src/client/value.js';

const microtask = (): Promise<void> => Promise.resolve();

describe('client/value', () => {
  it('tells once for all changes of a task, and nothing when nothing changed', async () => {
    const source = new Source(1);
    const seen: number[] = [];
    source.subscribe(() => seen.push(source.value));
    source.set(2);
    source.set(3);
    expect(source.value).to.equal(3);
    expect(seen).to.deep.equal([]);
    await microtask();
    expect(seen).to.deep.equal([3]);
    source.set(3);
    await microtask();
    expect(seen).to.deep.equal([3]);
  });

  it('ends a subscription, also the same function\'s other one stays', async () => {
    const source = new Source(0);
    let told = 0;
    const listener = () => void (told += 1);
    const stop = source.subscribe(listener);
    source.subscribe(listener);
    stop();
    source.set(1);
    await microtask();
    expect(told).to.equal(1);
  });

  it('gives the same object for the same key, computed when told to', async () => {
    let base = 'a';
    const watched: string[] = [];
    const sources = new Sources((key) => base + key, (key) => watched.push(key));
    const one = sources.get('1');
    expect(sources.get('1')).to.equal(one);
    const stop = one.subscribe(() => {});
    one.subscribe(() => {});
    expect(watched, 'told of the first subscriber only').to.deep.equal(['1']);
    expect(sources.watched()).to.deep.equal(['1']);
    base = 'b';
    expect(one.value).to.equal('a1');
    sources.refreshAll();
    expect(one.value).to.equal('b1');
    stop();
  });
});
