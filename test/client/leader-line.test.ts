import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/base/error.js';
import { newId } from '../../src/base/id.js';
import { silentLog } from '../../src/base/log.js';
import { localChannels, openChannel, type OpenChannel } from '../../src/client/channel.js';
import { LeaderLine } from '../../src/client/leader-line.js';
import { LiveReplica } from '../../src/client/live-replica.js';
import { BusPort, type CommandTable } from '../../src/engine/bus-port.js';
import type { LiveChange } from '../../src/model/live.js';
import { TestClock } from '../support/xep-context.js';
import { settle, until } from '../xmpp/model-server.js';

const live = (changes: readonly LiveChange[] = []) => ({ all: () => changes, flush() {} });
const table = (more: Partial<CommandTable>): CommandTable => more as CommandTable;
const kinds: readonly [string, () => OpenChannel][] = [['BroadcastChannel', () => openChannel], ['channels of one page', localChannels]];

for (const [kind, make] of kinds) {
  describe(`client/leader-line over ${kind}`, () => {
    const setUp = () => {
      const open = make();
      const name = `test-${newId()}`;
      const channels = [open(name), open(name), open(name)];
      const clock = new TestClock();
      const [page, first, second] = channels as [ReturnType<OpenChannel>, ReturnType<OpenChannel>, ReturnType<OpenChannel>];
      return { clock, page, line: new LeaderLine(page, clock, newId), first: new BusPort(first, silentLog), second: new BusPort(second, silentLog), end: () => channels.forEach((channel) => channel.close()) };
    };

    it('brings a command to the leader and its answer, or its error, back', async () => {
      const { line, first, end } = setUp();
      first.serve(table({ findRooms: (service) => [{ jid: `lobby@${service}` }], joinRoom: () => { throw new ChatError('refused', 'no', { condition: 'forbidden' }); } }), live());
      expect(await line.call('findRooms', 'rooms.example')).to.deep.equal([{ jid: 'lobby@rooms.example' }]);
      let error: unknown;
      await line.call('joinRoom', { jid: 'a@b', nick: 'n' }).catch((thrown: unknown) => (error = thrown));
      expect(error).to.be.instanceOf(ChatError);
      expect(error).to.include({ code: 'refused', condition: 'forbidden' });
      end();
    });

    it('repeats to a new leader what the old one has not answered, and gives up in the end', async () => {
      const { line, clock, first, second, end } = setUp();
      const stop = first.serve(table({ leaveRoom: () => new Promise<void>(() => {}) }), live());
      let left = 0;
      let answered = false;
      const call = line.call('leaveRoom', 'a@b').then(() => (answered = true));
      await settle();
      expect(answered).to.equal(false);
      stop();
      second.serve(table({ leaveRoom: () => void (left += 1) }), live());
      await call;
      expect(left).to.equal(1);
      let error: unknown;
      const hopeless = line.call('signOut').catch((thrown: unknown) => (error = thrown));
      line.tell('wake');
      clock.advance(20_000);
      await hopeless;
      expect(['timeout', 'protocol']).to.include((error as ChatError).code);
      end();
    });

    it('carries out a repeated call once', async () => {
      const { page, first, end } = setUp();
      let flushed = 0;
      first.serve(table({ flush: () => void (flushed += 1) }), live());
      for (let n = 0; n < 3; n += 1) page.post({ type: 'call', id: 'same', command: 'flush', args: [] });
      await until(() => flushed > 0, 'the first');
      await settle();
      expect(flushed).to.equal(1);
      end();
    });

    it('keeps a copy of the leader\'s live state: the whole first, then changes; a new leader\'s replaces it', async () => {
      const { page, first, second, end } = setUp();
      const seen: string[] = [];
      let whole: readonly LiveChange[] = [{ topic: 'typing', key: 'a@x', value: ['a'] }];
      first.serve(table({}), { all: () => whole, flush() {} });
      const replica = new LiveReplica(page, (some) => seen.push(...some.map(({ key }) => key)));
      await until(() => replica.led, 'the whole');
      expect(replica.get('typing', 'a@x')).to.deep.equal(['a']);
      const occupant: LiveChange = { topic: 'occupant', key: 'r@x/n', value: { nick: 'n', role: 'visitor', affiliation: 'none', show: 'away' } };
      // The page may be told the whole twice: unasked, and because it asked.
      whole = [occupant];
      first.tellLive([occupant, { topic: 'typing', key: 'a@x', value: undefined }]);
      await until(() => replica.get('typing', 'a@x') === undefined, 'the changes');
      expect(replica.values('occupant', 'r@x/')).to.have.lengthOf(1);
      second.serve(table({}), live());
      await until(() => replica.values('occupant', 'r@x/').length === 0, 'the new leader');
      expect(seen.at(-1)).to.equal('r@x/n');
      end();
    });
  });
}
