import { expect } from '@open-wc/testing';
import { alertTo, type AlertPorts } from '../../../components/messenger/alerts.js';
import { FakeClient } from '../../support/fake-client.js';
import { jonas, layla } from '../../support/fake-data.js';


/** Tabs of one browser, all told the same; waits end when the test says so. */
function tabs(count: number, { locks }: Pick<AlertPorts, 'locks'> = { locks: navigator.locks }) {
  const told: string[] = [];
  const waiting: (() => void)[] = [];
  const holding: (() => void)[] = [];
  const looks: (() => void)[] = [];
  const state = { looking: -1 };
  const client = new FakeClient();
  for (let tab = 0; tab < count; tab += 1) {
    alertTo(client, {
      locks,
      looking: () => state.looking === tab,
      onLook: (look) => looks.push(look),
      notify: (title) => told.push(`${tab}: ${title}`),
      ring: () => told.push('ring'),
      // What keeps the others away for a while keeps them away to the end of the test.
      wait: (ms) => new Promise((resolve) => (ms > 1_000 ? holding : waiting).push(resolve)),
    });
  }
  /** Ends the waits until what is expected was told; then what the others have asked for before that is answered as well. */
  const pass = async (expected = 0): Promise<void> => {
    const letGo = async (): Promise<void> => {
      for (const resolve of waiting.splice(0)) resolve();
      await navigator.locks.query();
    };
    // oxlint-disable-next-line no-await-in-loop -- one turn after the other
    do await letGo(); while (told.length < expected);
    for (let turn = 0; turn < 5; turn += 1) await navigator.locks.query(); // oxlint-disable-line no-await-in-loop
  };
  const look = (tab: number): void => {
    state.looking = tab;
    for (const each of looks) each();
  };
  return { client, told, pass, look, end: () => { look(-1); for (const resolve of holding) resolve(); } };
}
const notices = (told: readonly string[]): string[] => told.filter((line) => line !== 'ring');

describe('messenger/alerts', () => {
  it('tells of a message once over all tabs, by a notification and a sound, and not of what was there before', async () => {
    const { client, told, pass, end } = tabs(3);
    await pass();
    expect(told).to.deep.equal([]);
    client.receive(jonas, { from: jonas, body: 'Hello' });
    await pass(2);
    expect(notices(told)).to.have.length(1);
    expect(told.filter((line) => line === 'ring')).to.have.length(1);
    end();
  });

  it('only sounds while somebody looks at one of the tabs, and is silent about what is read at once', async () => {
    const { client, told, pass, look, end } = tabs(2);
    look(1);
    await pass(); // the others know
    client.receive(jonas, { from: jonas, body: 'One' });
    await pass(1);
    expect(told).to.deep.equal(['ring']);
    client.receive(layla, { from: layla, body: 'Two' });
    void client.markRead(layla);
    await pass();
    expect(told).to.deep.equal(['ring']);
    end();
  });

  it('tells once of what came while it looked whether the one before was read', async () => {
    const { client, told, pass, end } = tabs(2);
    client.receive(jonas, { from: jonas, body: 'One' });
    void client.markRead(jonas);
    client.receive(jonas, { from: jonas, body: 'Two' });
    await pass(2);
    expect(notices(told)).to.have.length(1);
    end();
  });

  it('is heard where there are no locks', async () => {
    const { client, told, pass, end } = tabs(1, { locks: undefined });
    client.receive(jonas, { from: jonas, body: 'Hello' });
    await pass(2);
    expect(told.toSorted()).to.deep.equal([`0: ${client.nameOf(jonas)}`, 'ring']);
    end();
  });
});
