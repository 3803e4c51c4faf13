import type { OutboxRow } from '../model/message.js';
import type { Outgoing, XepContext } from '../xep/module.js';
import type { Element } from '../xmpp/element.js';
import { delayElement } from '../xep/0203-delay.js';
import { directInvitation } from '../xep/0249-invitations.js';
import { messageStanza } from '../xep/rfc6121-message.js';
import { addressFor } from '../xep/rfc6121-presence.js';

/** What goes on the wire for an outbox row; `late` says when it was written. */
export function composeMessage(ctx: XepContext, row: OutboxRow, late: boolean): Element {
  const { attachments, body, chatType, conversation, invitation, originId } = row;
  const to = chatType === 'groupchat' ? conversation : addressFor(ctx, conversation);
  const stanza = messageStanza({ to, chatType, id: originId, body, attachments });
  if (invitation) stanza.append(directInvitation(invitation));
  const outgoing: Outgoing = { stanza, chatType, conversation, ...(attachments && { attachments }) };
  for (const module of ctx.modules) module.write?.(outgoing, ctx);
  if (late) stanza.append(delayElement(ctx.jid, row.at));
  return stanza;
}
