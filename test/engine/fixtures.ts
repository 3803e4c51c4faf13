// A real engine on a real IndexedDB, real locks and a real BroadcastChannel, over a model server.
import { openArchive } from '../../src/archive/archive.js';
import type { Archive, Poke } from '../../src/archive/archive-types.js';
import { systemClock } from '../../src/base/clock.js';
import { newId } from '../../src/base/id.js';
import { silentLog } from '../../src/base/log.js';
import { openChannel, type Channel } from '../../src/client/channel.js';
import { LeaderLine } from '../../src/client/leader-line.js';
import { LiveReplica } from '../../src/client/live-replica.js';
import { applyTable } from '../../src/engine/apply-table.js';
import { startEngine, type Engine, type EngineOptions } from '../../src/engine/engine.js';
import type { Locks } from '../../src/engine/leader.js';
import { modules } from '../../src/xep/index.js';
import type { ModelServer } from '../xmpp/model-server.js';
import { turn } from '../xmpp/model-server.js';

/** Waits for what becomes true over a database. */
export async function until(condition: () => unknown, what: string | (() => string) = 'the condition'): Promise<void> {
  for (const end = performance.now() + 8_000; performance.now() < end; await turn()) if (await condition()) return;
  throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
}

export const freshName = (): string => `tertulia/test-${crypto.randomUUID()}`;

const cleanUp: (() => Promise<void>)[] = [];
export async function endAll(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- in reverse order
  for (const end of cleanUp.splice(0).toReversed()) await end();
}

export function runEngine(server: ModelServer, archiveName: string, more: Partial<EngineOptions> = {}): Engine {
  const engine = startEngine({
    account: `${server.username}@${server.domain}`,
    deployment: { domain: server.domain, roomsDomain: `rooms.${server.domain}`, allowedOrigins: [] },
    archiveName,
    modules,
    openArchive: (name, onPoke) => openArchive({ name, apply: applyTable(modules), onPoke, log: silentLog, clock: more.clock ?? systemClock }),
    service: async () => 'wss://example.com/ws',
    proof: async () => ({ kind: 'password', username: server.username, password: server.password }),
    scramSeen: false,
    openSocket: server.openSocket,
    locks: navigator.locks as Locks,
    openChannel,
    clock: systemClock,
    newId,
    random: () => 0.5,
    log: silentLog,
    ...more,
  });
  cleanUp.push(() => engine.close());
  return engine;
}

export type Page = { readonly archive: Archive; readonly channel: Channel; readonly line: LeaderLine; readonly replica: LiveReplica; readonly pokes: Poke[]; status(): string | undefined };

/** What a page has of an account: its own connection to the archive, its end of the bus. */
export async function openPage(name: string): Promise<Page> {
  const pokes: Poke[] = [];
  const channel = openChannel(name);
  channel.onMessage((message) => {
    if (message.type === 'poke') pokes.push(...message.pokes);
  });
  const archive = await openArchive({ name, apply: {}, onPoke: (list) => channel.post({ type: 'poke', pokes: list }), log: silentLog });
  const line = new LeaderLine(channel, systemClock, newId);
  const replica = new LiveReplica(channel, () => {});
  cleanUp.unshift(() => archive.destroy());
  cleanUp.push(async () => {
    line.close();
    replica.close();
    channel.close();
  });
  return { archive, channel, line, replica, pokes, status: () => replica.get('session', '')?.status };
}

/** The bodies of a conversation with what became of each, `|` for a gap. */
export async function timeline(archive: Archive, conversation: string): Promise<string> {
  const items = await archive.window(conversation, {}, 10_000);
  return items.map((item) => (item.kind === 'gap' ? '|' : item.row.state.body + (item.row.state.delivery === undefined ? '' : `:${item.row.state.delivery}`))).join(' ');
}
