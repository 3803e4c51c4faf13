// What stands after a resumption that a server refuses, in whatever words: a fresh session, all that was missed, all that was written, each once.
import { expect } from '@open-wc/testing';
import { systemClock } from '../../src/base/clock.js';
import type { Element } from '../../src/xmpp/element.js';
import { ModelServer } from '../xmpp/model-server.js';
import type { ModelSocket } from '../xmpp/model-server.js';
import { endAll, freshName, openPage, runEngine, timeline, until } from './fixtures.js';
import { ModelArchive, said } from './model-archive.js';

const ME = 'romeo@example.com';
const JULIET = 'juliet@example.com';
const SM = "xmlns='urn:xmpp:sm:3'";
const failed = (attrs: string, condition: string): string => `<failed ${SM}${attrs}><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`;
const streamError = (condition: string): string => `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`;

/** `got`: how many of our stanzas the server has counted. */
const answers: readonly (readonly [what: string, answer: (got: number, socket: ModelSocket) => string | undefined])[] = [
  ['item-not-found without a count: Prosody, whose queue for the old stream ran over', () => failed('', 'item-not-found')],
  ['item-not-found with a count: the stream is gone, how far it was is known', (got) => failed(` h='${got}'`, 'item-not-found')],
  ['a count that cannot be', () => failed(" h='4294967290'", 'item-not-found')],
  ['a count that is none', () => failed(" h='-1'", 'item-not-found')],
  ['unexpected-request', () => failed('', 'unexpected-request')],
  ['failed without a reason', () => `<failed ${SM}/>`],
  ['another stream than the one asked for', () => `<resumed ${SM} previd='somebody-elses' h='0'/>`],
  ['more than was sent', (got) => `<resumed ${SM} h='${got + 100}'/>`],
  ['the end of the stream', () => streamError('undefined-condition')],
  [
    'the end of the connection, each time it is asked',
    (_got, socket) => {
      queueMicrotask(() => socket.cut());
      return undefined;
    },
  ],
];

describe('engine: a resumption that fails', () => {
  afterEach(endAll);

  for (const [what, answer] of answers) {
    it(`${what}`, async function () {
      this.timeout(20_000);
      let fails = 0;
      const server: ModelServer = new ModelServer({
        intercept(element: Element, socket) {
          if (!element.is('resume')) return false;
          // A server that hangs up over it is asked no more than a few times.
          const reply = (fails += 1) > 3 && what.startsWith('the end of the connection') ? failed('', 'item-not-found') : answer(server.received, socket);
          if (reply !== undefined) socket.push(reply);
          return true;
        },
      });
      const kept = new ModelArchive(server);
      const name = freshName();
      const page = await openPage(name);
      runEngine(server, name, { random: () => 0, clock: { ...systemClock, after: (ms, run) => systemClock.after(ms === 1_000 ? 20 : ms, run) } });
      const caughtUp = (): boolean => page.status() === 'online' && page.replica.get('session', '')?.catchingUp === false;
      await until(caughtUp, 'the first session');
      server.deliver(said(`${JULIET}/x`, server.jid, 'first', { id: 'm-first', stanzaId: kept.add(JULIET, 'first') }));
      await until(async () => (await timeline(page.archive, JULIET)) === 'first', 'what was heard');
      // Two are on the wire when it breaks: the server has kept one, and has said nothing of either.
      const take = server.onStanza;
      server.onStanza = (stanza, socket) => {
        if (stanza.attrs['id'] === 'origin-id-lost') server.received -= 1;
        else take(stanza, socket);
        if (stanza.attrs['id'] === 'origin-id-kept') socket.dead = true;
      };
      const { socket } = server;
      await page.archive.enqueue({ conversation: JULIET, chatType: 'chat', sender: ME, archive: ME, body: 'kept' }, 'origin-id-kept', Date.now());
      await page.archive.enqueue({ conversation: JULIET, chatType: 'chat', sender: ME, archive: ME, body: 'lost' }, 'origin-id-lost', Date.now());
      await page.line.call('flush');
      await until(async () => kept.messages.length === 2 && (await page.archive.outbox()).every(({ state }) => state === 'inflight'), 'both on the wire');
      server.onStanza = take;
      // A flood on the socket that nobody reads any more: more than any queue of the old stream holds.
      for (let n = 1; n <= 130; n += 1) kept.add(JULIET, String(n));
      socket.dead = false;
      socket.cut();
      await until(async () => (await page.archive.outbox()).length === 0 && caughtUp(), 'everything settled in a new session');
      const flood = Array.from({ length: 130 }, (_, i) => i + 1).join(' ');
      let shown = '';
      await until(async () => (shown = await timeline(page.archive, JULIET)) === `first kept:sent ${flood} lost:sent`, () => `all of it, not ${shown}`);
      expect(kept.messages.map(({ message }) => /<body>(\w+)/.exec(message)![1]).join(' '), 'each once, in this order').to.equal(`first kept ${flood} lost`);
      expect(server.stanzas.filter((stanza) => stanza.attrs['id'] === 'origin-id-kept'), 'what the archive had was not sent again').to.have.lengthOf(1);
      expect(server.socket.elements.some((element) => element.getChild('bind') !== undefined), 'a session of its own').to.equal(true);
      expect(server.wrong).to.equal(undefined);
    });
  }
});
