/** The subject of a room (XEP-0045 §8.1): taken up, and changed where the room lets us. */
import { xml, type Element } from '../xmpp/element.js';
import { resourceOf } from '../base/jid.js';
import { ChatError } from '../base/error.js';
import { changeView, needJoinedRoom, type Room } from './0045-muc-rooms.js';
import { perSession } from './session-state.js';
import { stanzaError } from './stanza-error.js';
import type { XepContext } from './module.js';

/** A room that says nothing of a new subject by then has not taken it, milliseconds. */
const answerWithin = 10_000;

type Wish = { readonly id: string; readonly end: (error?: ChatError) => void };
const wishes = perSession(() => new Map<string, Wish>());

/** Sets the subject. Resolves when the room shows it; rejects `refused` where it does not take it, `timeout`, and `invalid` outside of the room. */
export async function setSubject(ctx: XepContext, jid: string, subject: string): Promise<void> {
  needJoinedRoom(ctx, jid);
  const id = ctx.newId();
  ctx.send(xml('message', { to: jid, type: 'groupchat', id }, xml('subject', {}, subject)));
  const pending = wishes.of(ctx);
  await new Promise<void>((resolve, reject) => {
    const cancel = ctx.clock.after(answerWithin, () => end(new ChatError('timeout', 'the room says nothing of the subject')));
    const end = (error?: ChatError): void => {
      cancel();
      if (pending.get(jid)?.id === id) pending.delete(jid);
      if (error) reject(error);
      else resolve();
    };
    pending.set(jid, { id, end });
  });
}

/** The room did not take a subject of ours (§8.1: `forbidden`). */
export function onSubjectError(error: Element, room: Room, ctx: XepContext): void {
  const wish = wishes.of(ctx).get(room.jid);
  if (wish === undefined || error.attrs['id'] !== wish.id || resourceOf(error.attrs['from'] ?? '') !== '') return;
  const { condition, text } = stanzaError(error);
  wish.end(new ChatError('refused', text ?? condition, { condition }));
}

/** A subject is set by a message with a subject, and neither body nor thread. An empty one takes it away. */
export async function onSubject(message: Element, room: Room, ctx: XepContext): Promise<void> {
  const text = message.getChild('subject')?.text();
  if (text === undefined || message.getChild('thread')) return;
  const subject = text.trim().slice(0, 4000) || undefined;
  changeView(ctx, room, { subject });
  if (resourceOf(message.attrs['from'] ?? '') === room.view.nick) wishes.of(ctx).get(room.jid)?.end();
  const row = await ctx.shelf.get('rooms', room.jid);
  if (!row || row.subject === subject) return;
  const { subject: _, ...rest } = row;
  await ctx.shelf.put('rooms', [subject === undefined ? rest : { ...rest, subject }]);
}
