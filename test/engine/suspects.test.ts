import { expect } from '@open-wc/testing';
import { systemClock, type Clock } from '../../src/base/clock.js';
import { ChatError } from '../../src/base/error.js';
import { Suspects } from '../../src/engine/suspects.js';
import type { Element } from '../../src/xmpp/element.js';
import { ModelServer } from '../xmpp/model-server.js';
import type { ModelOptions, ModelSocket } from '../xmpp/model-server.js';
import { endAll, freshName, openPage, runEngine, timeline, until } from './fixtures.js';
import { ModelArchive } from './model-archive.js';

const ME = 'romeo@example.com';
const JULIET = 'juliet@example.com';
const NURSE = 'nurse@example.com';
const violation = "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>stanza too large</text></stream:error>";

/** Nobody waits for the next attempt, which with the least of luck comes after a second. */
const fast: Clock = { now: () => systemClock.now(), after: (ms, run) => systemClock.after(ms === 1_000 ? 20 : ms, run) };

describe('engine/suspects', () => {
  const loud = new ChatError('stream-error', 'the end', { condition: 'policy-violation' });
  const silent = new ChatError('offline', 'the socket closed (1006)');

  it('takes two ends that are said for proof, or three that are not, soon after a large message that was alone', () => {
    const suspects = new Suspects();
    const send = (at: number): void => suspects.sent('big', 10_001, at);
    for (const [error, times] of [[loud, 2], [silent, 3]] as const) {
      for (let n = 1; n <= times; n += 1) {
        expect(suspects.proven('big')).to.equal(false);
        send(n * 100_000);
        suspects.ended(error, n * 100_000 + 5_000);
        suspects.allBack();
        expect(suspects.suspected('big')).to.equal(true);
      }
      expect(suspects.proven('big')).to.equal(true);
      expect(suspects.suspected('big'), 'tried again, it begins anew').to.equal(false);
    }
  });

  it('suspects nothing that every server has to take, nothing that was taken, nobody for a line that breaks later or a server that goes', () => {
    const suspects = new Suspects();
    suspects.sent('small', 10_000, 0);
    suspects.ended(loud, 1);
    suspects.sent('taken', 50_000, 0);
    suspects.taken('taken');
    suspects.ended(loud, 1);
    suspects.sent('big', 50_000, 0);
    suspects.ended(silent, 5_001);
    suspects.ended(new ChatError('timeout', 'the machine slept'), 1);
    suspects.ended(new ChatError('stream-error', 'restart', { condition: 'system-shutdown' }), 1);
    expect(['small', 'taken', 'big'].filter((id) => suspects.suspected(id))).to.deep.equal([]);
    // A resumed stream has sent it again.
    suspects.again(100_000);
    suspects.ended(silent, 100_001);
    expect(suspects.suspected('big')).to.equal(true);
    suspects.taken('big');
    expect(suspects.suspected('big')).to.equal(false);
  });

  it('of several large ones none is proven by an end they share', () => {
    const suspects = new Suspects();
    for (let n = 0; n < 9; n += 1) {
      suspects.sent('a', 20_000, n);
      suspects.sent('b', 20_000, n);
      suspects.ended(loud, n);
    }
    expect(['a', 'b'].map((id) => [suspects.suspected(id), suspects.proven(id)])).to.deep.equal([[true, false], [true, false]]);
  });

  describe('with a server that ends the stream over what is too large', () => {
    afterEach(endAll);

    /** `how` the stream ends; what is behind the large one on the wire is not read any more. */
    async function run(how: 'said' | 'silent', options: ModelOptions, archive = true): Promise<{ readonly server: ModelServer; readonly bodies: string[] }> {
      const over = new Set<ModelSocket>();
      const server: ModelServer = new ModelServer({
        ...options,
        intercept(element: Element, socket) {
          if (over.has(socket)) return true;
          if (element.toString().length <= 20_000) return false;
          over.add(socket);
          if (how === 'said') socket.push(violation);
          socket.cut();
          return true;
        },
      });
      const kept = new ModelArchive(server);
      kept.offered = archive;
      const name = freshName();
      const page = await openPage(name);
      const lines = ['one', 'x'.repeat(25_000), 'two', 'y'.repeat(15_000), 'three'];
      for (const [n, body] of lines.entries()) {
        // oxlint-disable-next-line no-await-in-loop -- in their order
        await page.archive.enqueue({ conversation: JULIET, chatType: 'chat', sender: ME, archive: ME, body }, `origin-id-${n}`, fast.now());
      }
      await page.archive.enqueue({ conversation: NURSE, chatType: 'chat', sender: ME, archive: ME, body: 'elsewhere' }, 'origin-id-elsewhere', fast.now());
      runEngine(server, name, { clock: fast, random: () => 0 });
      await until(async () => (await page.archive.outbox()).every(({ state }) => state === 'failed'), 'everything sent or failed');
      const shown = (await timeline(page.archive, JULIET)).replace(/^\| /, '').replaceAll(/(\w)\1{9,}/g, '$1');
      expect(shown.split(' ').filter((row) => !row.startsWith('x'))).to.deep.equal(['one:sent', 'two:sent', 'y:sent', 'three:sent']);
      expect(shown).to.include('x:failed');
      expect((await timeline(page.archive, NURSE)).replace(/^\| /, '')).to.equal('elsewhere:sent');
      const [failed] = await page.archive.outbox();
      expect((await page.archive.message(failed!.message))?.state.failure).to.deep.equal({ condition: 'too-long' });
      expect(server.sockets.length, 'tried few times').to.be.below(6);
      expect(server.wrong).to.equal(undefined);
      return { server, bodies: kept.messages.map(({ message }) => /<body>(\w+)/.exec(message)![1]!.replaceAll(/(\w)\1{9,}/g, '$1')) };
    }
    const once = (bodies: readonly string[]): void => {
      expect(bodies.toSorted()).to.deep.equal(['elsewhere', 'one', 'three', 'two', 'y']);
      expect(bodies.filter((body) => body !== 'elsewhere')).to.deep.equal(['one', 'two', 'y', 'three']);
    };

    it('said, and the stream may be resumed', async () => once((await run('said', {})).bodies));
    it('silently, and the stream may be resumed', async () => once((await run('silent', {})).bodies));
    it('said, without stream management', async () => once((await run('said', { management: 'none' })).bodies));
    it('said, with an <h/> alone, no resumption', async () => once((await run('said', { management: 'acks' })).bodies));
    it('silently, resumable, without an archive', async () => once((await run('silent', {}, false)).bodies));
  });

  describe('with a server that announces its limit (XEP-0478)', () => {
    afterEach(endAll);

    it('does not send what is over it, and says why', async () => {
      const server = new ModelServer({ limit: 12_000 });
      const kept = new ModelArchive(server);
      const name = freshName();
      const page = await openPage(name);
      for (const [n, body] of ['a', 'ü'.repeat(5_900), 'b', 'c'.repeat(11_000)].entries()) {
        // oxlint-disable-next-line no-await-in-loop -- in their order
        await page.archive.enqueue({ conversation: JULIET, chatType: 'chat', sender: ME, archive: ME, body }, `origin-id-${n}`, Date.now());
      }
      runEngine(server, name);
      await until(async () => (await page.archive.outbox()).every(({ state }) => state === 'failed'), 'all of it sent or refused');
      // The archive's page may have come by now: what failed is in none of them, and stands after it.
      const shown = (await timeline(page.archive, JULIET)).replaceAll(/(.)\1{9,}/g, '$1').split(' ').filter((word) => word !== '|');
      expect(shown.filter((word) => !word.endsWith(':failed')), 'in order').to.deep.equal(['a:sent', 'b:sent', 'c:sent']);
      expect(shown.filter((word) => word.endsWith(':failed')), 'bytes count, not letters').to.deep.equal(['ü:failed']);
      expect(kept.messages).to.have.lengthOf(3);
      expect(server.sockets).to.have.lengthOf(1);
    });

    it('hostile: a limit below what every server has to take, or no number, is none', async () => {
      for (const limit of ['0', '17', '-1', '1e3', '9'.repeat(400), 'NaN', '']) {
        const server = new ModelServer({ limit });
        new ModelArchive(server);
        const name = freshName();
        // oxlint-disable no-await-in-loop -- one after the other
        const page = await openPage(name);
        await page.archive.enqueue({ conversation: JULIET, chatType: 'chat', sender: ME, archive: ME, body: 'x'.repeat(9_000) }, 'origin-id-1', Date.now());
        runEngine(server, name);
        await until(async () => (await page.archive.outbox()).length === 0, `it to be sent in spite of ${limit.slice(0, 10)}`);
        await endAll();
        // oxlint-enable no-await-in-loop
      }
    });
  });
});
