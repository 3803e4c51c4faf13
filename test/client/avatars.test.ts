import { expect } from '@open-wc/testing';
import type { PageArchive } from '../../src/archive/archive-types.js';
import { Avatars } from '../../src/client/avatars.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(10);
}

/** An archive with pictures, and what is asked of it. */
const open = () => {
  const rows = new Map([['a@x', { jid: 'a@x', hash: '1', picture: new Blob(['a']) }]]);
  const reads: (readonly string[])[] = [];
  const wanted: string[] = [];
  const avatars = new Avatars((jid) => wanted.push(jid));
  avatars.open({ some: async (_: string, jids: readonly string[]) => (reads.push(jids), jids.flatMap((jid) => rows.get(jid) ?? [])) } as unknown as PageArchive);
  avatars.online(true);
  return { avatars, rows, reads, wanted };
};

describe('avatars', () => {
  it('are read together, and asked for of the server once', async () => {
    const { avatars, reads, wanted } = open();
    for (const jid of ['a@x', 'b@x', 'c@x']) avatars.get(jid).subscribe(() => {});
    await until(() => wanted.length > 0);
    expect(reads).to.deep.equal([['a@x', 'b@x', 'c@x']]);
    expect(wanted).to.deep.equal(['a@x', 'b@x', 'c@x']);
    expect(await avatars.get('a@x').value?.text()).to.equal('a');
    avatars.get('b@x').subscribe(() => {});
    await pause(500);
    expect(wanted).to.have.length(3);
  });

  it('asks nobody for what was only scrolled past', async () => {
    const { avatars, wanted } = open();
    for (let i = 0; i < 200; i += 1) avatars.get(`p${i}@x`).subscribe(() => {})();
    avatars.get('stays@x').subscribe(() => {});
    await until(() => wanted.length > 0);
    expect(wanted).to.deep.equal(['stays@x']);
  });

  it('shows a picture that has come since', async () => {
    const { avatars, rows, wanted } = open();
    let told = 0;
    avatars.get('b@x').subscribe(() => (told += 1));
    await until(() => wanted.length > 0);
    rows.set('b@x', { jid: 'b@x', hash: '2', picture: new Blob(['b']) });
    avatars.reread();
    await until(() => told > 0);
    expect(await avatars.get('b@x').value?.text()).to.equal('b');
  });
});
