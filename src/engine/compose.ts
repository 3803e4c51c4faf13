import type { Attachment } from '../model/fact.js';
import type { OutboxRow } from '../model/message.js';
import type { Outgoing, XepContext } from '../xep/module.js';
import type { Element } from '../xmpp/element.js';
import { ChatError } from '../base/error.js';
import { delayElement } from '../xep/0203-delay.js';
import { directInvitation } from '../xep/0249-invitations.js';
import { findUploadService, requestSlot, upload } from '../xep/0363-upload.js';
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

/** Brings a file to the server; what the message then says of it. @throws ChatError as XEP-0363's functions do. */
export async function uploadFile(ctx: XepContext, file: Blob, name: string, onProgress: (share: number) => void): Promise<Attachment> {
  const service = await findUploadService(ctx);
  if (!service) throw new ChatError('refused', 'the server takes no files', { condition: 'service-unavailable' });
  const slot = await requestSlot(ctx, service, { name, size: file.size, type: file.type });
  await upload(slot, file, { onProgress });
  const size = await pixels(file);
  return { url: slot.get, name, ...(file.type && { mediaType: file.type }), size: file.size, ...size };
}

/** A picture's size, so that its place is kept before it loads. */
async function pixels(file: Blob): Promise<{ readonly width: number; readonly height: number } | undefined> {
  if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return undefined;
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    return undefined;
  }
}
