import { expect } from '@open-wc/testing';
import { openArchive } from '../../src/archive/archive.js';
import type { ArchiveOptions } from '../../src/archive/archive.js';
import type { ApplyTable, Archive, ArchivePage, Draft, PageItem, Poke } from '../../src/archive/archive-types.js';
import { silentLog } from '../../src/base/log.js';
import type { Clock } from '../../src/base/clock.js';
import type { TimelineItem } from '../../src/model/conversation.js';
import type { Fact } from '../../src/model/fact.js';

declare module '../../src/model/fact.js' {
  interface FactKinds {
    'test-receipt': { target: string };
    'test-edit': { target: string; body: string };
  }
}

export const ME = 'me@example.org';
export const BOB = 'bob@example.org';
export const CAROL = 'carol@example.org';
export const ROOM = 'room@rooms.example.org';
export const NOW = Date.UTC(2026, 0, 1);

export const testClock: Clock = { now: () => NOW, after: (ms, run) => { const timer = setTimeout(run, ms); return () => clearTimeout(timer); } };

export const testApply: ApplyTable = {
  'test-receipt': (state) => {
    if (state.delivery === 'sending' || state.delivery === 'sent') state.delivery = 'delivered';
  },
  'test-edit': (state, fact) => {
    if (fact.body === 'throw') throw new Error('asked to');
    state.body = fact.body;
  },
};

export type Opened = { archive: Archive; pokes: Poke[]; name: string };

const opened: Opened[] = [];

export async function open(name = `test-${crypto.randomUUID()}`, more: Partial<ArchiveOptions> = {}): Promise<Opened> {
  const pokes: Poke[] = [];
  const archive = await openArchive({ name, apply: testApply, onPoke: (list) => pokes.push(...list), clock: testClock, log: silentLog, ...more });
  const result = { archive, pokes, name };
  opened.push(result);
  return result;
}

export async function destroyAll(): Promise<void> {
  for (const { archive } of opened) archive.close();
  // oxlint-disable-next-line no-await-in-loop -- one database after the other
  for (const { archive } of opened.splice(0)) await archive.destroy();
}

type Said = { id?: string | undefined; archiveId?: string; claimedId?: string; from?: string; mine?: boolean; with?: string; at?: number; originId?: string };

/** A message of BOB's, or of ours, as `read` would give it. */
export function message(body: string, said: Said = {}): Fact<'message'> {
  const { from, mine = false, with: conversation = BOB, at = NOW, archiveId, claimedId, originId } = said;
  const room = conversation === ROOM;
  const id = 'id' in said ? said.id : `message-${body}`;
  return {
    kind: 'message', conversation, chatType: room ? 'groupchat' : 'chat', sender: from ?? (mine ? ME : conversation), mine, at,
    archive: room ? ROOM : ME, body,
    ...(id === undefined ? {} : { messageId: id }), ...(archiveId === undefined ? {} : { archiveId }), ...(claimedId === undefined ? {} : { claimedId }), ...(originId === undefined ? {} : { originId }),
  };
}

export function edit(target: string, body: string, said: Said = {}): Fact<'test-edit'> {
  const { body: _, ...base } = message(body, { id: `edit-${body}`, ...said });
  return { ...base, kind: 'test-edit', target, body };
}

export function receipt(target: string, said: Said = {}): Fact<'test-receipt'> {
  const { body: _, ...base } = message('', { id: `receipt-${target}`, ...said });
  return { ...base, kind: 'test-receipt', target };
}

/** `target` was seen by BOB, or read by us on another device. */
export function displayed(target: string, said: Said = {}): Fact<'displayed'> {
  const { body: _, ...base } = message('', { id: `displayed-${target}`, ...said });
  return { ...base, kind: 'displayed', target };
}

export const item = (archiveId: string, ...facts: Fact[]): PageItem => ({ archiveId, facts });
/** Items whose message is named like its archive id: `s1` says "s1". */
export const items = (...ids: string[]): PageItem[] => ids.map((id) => item(id, message(id)));

type Rest = { complete?: boolean; archive?: string };
export const forward = (list: readonly PageItem[], rest: Rest & { settleBefore?: number } = {}): ArchivePage =>
  ({ kind: 'forward', archive: ME, items: list, complete: true, settleBefore: 0, ...rest });
export const latest = (list: readonly PageItem[], rest: Rest & { settleBefore?: number } = {}): ArchivePage =>
  ({ kind: 'latest', archive: ME, items: list, complete: false, ...rest });
export const backward = (segment: number, list: readonly PageItem[], rest: Rest = {}): ArchivePage =>
  ({ kind: 'backward', archive: ME, segment, items: list, complete: false, ...rest });
export const history = (segment: number, list: readonly PageItem[], rest: Rest & { conversation?: string } = {}): ArchivePage =>
  ({ kind: 'history', archive: ME, conversation: BOB, segment, items: list, complete: false, ...rest });

export const draft = (body: string, more: Partial<Draft> = {}): Draft =>
  ({ conversation: BOB, chatType: 'chat', sender: ME, archive: ME, body, ...more });

/** A timeline in one line: bodies, and `|` for a gap. */
export const line = (list: readonly TimelineItem[]): string => list.map((entry) => (entry.kind === 'gap' ? '|' : entry.row.state.body)).join(' ');
export async function timeline(archive: Archive, conversation = BOB): Promise<string> {
  return line(await archive.window(conversation, {}, 10_000));
}
export async function expectTimeline(archive: Archive, expected: string, conversation = BOB): Promise<void> {
  expect(await timeline(archive, conversation)).to.equal(expected);
}

/** Every row of every store, to compare. */
export async function dump(name: string): Promise<string> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
  try {
    const stores = [...database.objectStoreNames];
    const tx = database.transaction(stores);
    const all = await Promise.all(stores.map(async (store) => Promise.all([got(tx.objectStore(store).getAllKeys()), got(tx.objectStore(store).getAll())])));
    return JSON.stringify(stores.map((store, i) => [store, ...all[i]!]));
  } finally {
    database.close();
  }
}

const got = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
