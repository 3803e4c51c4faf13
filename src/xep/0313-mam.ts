/**
 * XEP-0313: Message Archive Management, version 1.1.3
 * https://xmpp.org/extensions/xep-0313.html
 *
 * In:  the results of a query of ours, checked and collected; whatever else looks like one is rejected.
 * Out: `queryArchive` asks an archive, the account's own or a room's, for a page of its messages.
 */
import { ChatError } from '../base/error.js';
import { bareJid, normalizeJid } from '../base/jid.js';
import { childElements, xml } from '../xmpp/element.js';
import { discoInfo } from './0030-disco.js';
import { readSet, writeSet } from './0059-rsm.js';
import { openForwarded } from './0297-forwarded.js';
import { usableId } from './0359-stanza-ids.js';
import { perContext } from './per-context.js';
import type { Element } from '../xmpp/element.js';
import type { Rejected, Unwrapped, XepContext, XepModule } from './module.js';

export const NS_MAM = 'urn:xmpp:mam:2';
/** The archive takes more questions (§4.1), `after-id` among them. */
export const NS_MAM_EXTENDED = 'urn:xmpp:mam:2#extended';
/** Servers take long over a full page of a large archive, milliseconds. */
const ANSWER_WITHIN = 60_000;
/** The results come before the answer, but may still stand in the inbox's queue behind it, milliseconds. */
const RESULTS_WITHIN = 15_000;

export type ArchiveQuery = {
  /** Bare JID of the account or the room. */
  readonly archive: string;
  /** Only the conversation with this address. */
  readonly with?: string | undefined;
  readonly after?: string | undefined;
  /** An archive id, or '' for the newest page. */
  readonly before?: string | undefined;
  /** Only what lies after this archive id, whichever way is paged (§4.1): where `NS_MAM_EXTENDED` is offered. */
  readonly since?: string | undefined;
  readonly max: number;
};
/** One archived message; `at` is when the archive got it, milliseconds. What may not be believed has an empty `stanza`: it still counts for the cursor. */
export type ArchivedStanza = { readonly archiveId: string; readonly stanza: Element; readonly at?: number };
/** A page in the archive's order. `complete`: nothing lies beyond it in the direction asked; `stable`: and that will hold (§4.3). */
export type ArchiveAnswer = { readonly items: readonly ArchivedStanza[]; readonly first?: string; readonly last?: string; readonly count?: number; readonly complete: boolean; readonly stable: boolean };

type OpenQuery = { readonly id: string; readonly max: number; readonly items: Map<string, ArchivedStanza>; onItem: () => void };

/** By archive: the query that is open, and the end of the row of those that wait for it. */
const state = perContext(() => ({ open: new Map<string, OpenQuery>(), turns: new Map<string, Promise<unknown>>() }));

/** Whether `archive` (own account or a room) keeps messages. */
export async function supportsArchive(ctx: XepContext, archive: string): Promise<boolean> {
  const info = await discoInfo(ctx, archive).catch(() => undefined);
  return info?.features.has(NS_MAM) ?? false;
}

/**
 * Asks for one page. A second query of the same archive waits for the first, so that no result can be taken for another
 * query's.
 * @throws ChatError `refused` with `item-not-found` where the archive no longer knows `after`, `before` or `since` (§4.3.2),
 *   `protocol` where the answer contradicts itself, `timeout`, `offline`.
 */
export function queryArchive(ctx: XepContext, query: ArchiveQuery): Promise<ArchiveAnswer> {
  const { turns } = state(ctx);
  const run = (): Promise<ArchiveAnswer> => ask(ctx, query);
  const before = turns.get(query.archive);
  // Where nothing is in its way it is on its way when this returns.
  const turn = before ? before.then(run, run) : run();
  turns.set(query.archive, turn);
  return turn.finally(() => {
    if (turns.get(query.archive) === turn) turns.delete(query.archive);
  });
}

async function ask(ctx: XepContext, query: ArchiveQuery): Promise<ArchiveAnswer> {
  const { open } = state(ctx);
  const current: OpenQuery = { id: ctx.newId(), max: query.max, items: new Map(), onItem() {} };
  open.set(query.archive, current);
  try {
    const reply = await ctx.iq(request(query, current.id, ctx.newId()), { timeout: ANSWER_WITHIN });
    const fin = reply.getChild('fin', NS_MAM);
    if (!fin) throw new ChatError('protocol', 'an archive answered without <fin/>');
    const { first, last, count } = readSet(fin);
    if (last !== undefined) await collected(ctx, current, last);
    return {
      items: Array.from(current.items.values()),
      ...(first !== undefined && { first }),
      ...(last !== undefined && { last }),
      ...(count !== undefined && { count }),
      complete: isTrue(fin.attrs['complete']),
      stable: fin.attrs['stable'] === undefined || isTrue(fin.attrs['stable']),
    };
  } finally {
    if (open.get(query.archive) === current) open.delete(query.archive);
  }
}

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';

const formField = (name: string, value: string, type?: string): Element => xml('field', { var: name, type }, xml('value', {}, value));

const request = (query: ArchiveQuery, queryId: string, id: string): Element =>
  xml(
    'iq',
    { type: 'set', to: query.archive, id },
    xml(
      'query',
      { xmlns: NS_MAM, queryid: queryId },
      (query.with !== undefined || query.since !== undefined) &&
        xml('x', { xmlns: 'jabber:x:data', type: 'submit' }, formField('FORM_TYPE', NS_MAM, 'hidden'), query.with !== undefined && formField('with', query.with), query.since !== undefined && formField('after-id', query.since)),
      writeSet({
        max: query.max,
        ...(query.after !== undefined && { after: query.after }),
        ...(query.before !== undefined && { before: query.before }),
      }),
    ),
  );

/** Resolves once the page's last item is here. */
function collected(ctx: XepContext, query: OpenQuery, last: string): Promise<void> {
  if (query.items.has(last)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const cancel = ctx.clock.after(RESULTS_WITHIN, () => {
      query.onItem = () => {};
      reject(new ChatError('protocol', 'the last item of an archive page did not come'));
    });
    query.onItem = () => {
      if (!query.items.has(last)) return;
      cancel();
      query.onItem = () => {};
      resolve();
    };
  });
}

/** Takes a result, or says why it is none: every stranger can send something that looks like one (§8.2). */
function takeResult(stanza: Element, result: Element, ctx: XepContext): Unwrapped | Rejected {
  const archive = normalizeJid(stanza.attrs['from']) ?? ctx.me;
  const query = state(ctx).open.get(archive);
  if (!query) return { reject: `an archive result from ${archive}, which was not asked` };
  if (result.attrs['queryid'] !== query.id) return { reject: 'an archive result of another query' };
  const archiveId = usableId(result.attrs['id']);
  if (!archiveId) return { reject: 'an archive result without an id' };
  if (query.items.has(archiveId)) return { reject: 'an archive result for the second time' };
  if (query.items.size >= query.max) return { reject: 'more archive results than were asked for' };
  const inner = openForwarded(result);
  if (!inner) ctx.log.warn('an archive result without exactly one message');
  const believed = inner && belongs(inner.stanza, archive, ctx);
  if (inner && !believed) ctx.log.warn(`a message that cannot be of the archive ${archive}`);
  query.items.set(archiveId, {
    archiveId,
    stanza: inner && believed ? inner.stanza : xml('message', {}),
    ...(inner?.at !== undefined && { at: inner.at }),
  });
  query.onItem();
  return { stanza, taken: true };
}

/** A room's archive holds what was said in that room, the account's own what was to or from the account; no wrapper inside. */
function belongs(stanza: Element, archive: string, { me }: XepContext): boolean {
  const from = normalizeJid(stanza.attrs['from'] ?? me);
  const to = normalizeJid(stanza.attrs['to'] ?? me);
  if (!from || !to) return false;
  if (childElements(stanza).some((child) => child.getNS() === 'urn:xmpp:carbons:2' && /^(sent|received)$/.test(child.getName()))) return false;
  if (stanza.getChild('result', NS_MAM)) return false;
  return archive === me ? bareJid(from) === me || bareJid(to) === me : stanza.attrs['from'] !== undefined && bareJid(from) === archive;
}

export const mam: XepModule = {
  xep: '0313',
  title: 'Message Archive Management',
  onEnd: (ctx) => state(ctx).open.clear(),
  unwrap(stanza, ctx) {
    const results = childElements(stanza).filter((child) => child.getNS() === NS_MAM && child.getName() === 'result');
    const [result] = results;
    if (!result) return undefined;
    return results.length > 1 ? { reject: 'several archive results in one message' } : takeResult(stanza, result, ctx);
  },
};
