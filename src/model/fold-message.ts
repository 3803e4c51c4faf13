import type { Fact } from './fact.js';
import type { MessageState } from './message.js';

declare module './message.js' {
  interface MessageState {
    /** The text was longer than is kept; what is there is its beginning. */
    truncated?: boolean;
  }
}

/** Longest text kept of one message, in UTF-16 units; the wire's frame limit is far higher (RFC 7395 leaves it open). */
export const MAX_BODY = 65_536;

/** How the kinds that extensions add are folded; each may throw. */
export type FoldExtension = (state: MessageState, fact: Fact) => void;

/** The state a message starts with. Own messages that come from a server are known to it: `sent`. */
export function openingState(fact: Fact<'message'>): MessageState {
  const state: MessageState = { body: fact.body, attachments: fact.attachments ?? [] };
  if (fact.invitation) state.invitation = fact.invitation;
  if (fact.mine) state.delivery = 'sent';
  cutBody(state);
  return state;
}

/** Folds one fact into the message it aims at. `mine`: the message is this account's. */
export function foldFact(state: MessageState, fact: Fact, mine: boolean, extension: FoldExtension): void {
  if (fact.kind === 'failure') {
    // A bounce from one of several devices does not undo what another one has confirmed.
    if (!mine || state.delivery === 'delivered' || state.delivery === 'read') return;
    state.delivery = 'failed';
    state.failure = fact.text === undefined ? { condition: fact.condition } : { condition: fact.condition, text: fact.text };
    return;
  }
  extension(state, fact);
  cutBody(state);
}

/** The part of a text that is kept; never ends inside a surrogate pair. */
export function keptBody(body: string): string {
  if (body.length <= MAX_BODY) return body;
  const last = body.charCodeAt(MAX_BODY - 1);
  return body.slice(0, last >= 0xd800 && last < 0xdc00 ? MAX_BODY - 1 : MAX_BODY);
}

function cutBody(state: MessageState): void {
  const body = keptBody(state.body);
  if (body === state.body) return;
  state.body = body;
  state.truncated = true;
}
