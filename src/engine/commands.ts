import type { Archive } from '../archive/archive-types.js';
import type { Connection } from '../xmpp/connection-types.js';
import type { XepContext } from '../xep/module.js';
import type { CatchUp } from './catch-up.js';
import type { CommandTable } from './bus-port.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';
import { findRooms, invite, isRoom, roomInfo, setSubject } from '../xep/0045-muc.js';
import { sendState } from '../xep/0085-chat-states.js';
import { wantAvatar } from '../xep/0153-avatars.js';
import { changeSettings } from '../xep/0223-settings.js';
import { setActive } from '../xep/0352-csi.js';
import { bookmarkRoom, joinAndKeep, leaveAndKeep } from '../xep/0402-bookmarks.js';
import { checkRooms } from '../xep/0410-self-ping.js';
import { addressFor, setOwnPresence } from '../xep/rfc6121-presence.js';
import { removeContact, setContact } from '../xep/rfc6121-roster.js';
import { answerRequest } from '../xep/rfc6121-subscriptions.js';
import { toChatError } from '../base/error.js';
import { bareJid, normalizeJid, resourceOf } from '../base/jid.js';
import { TAIL } from '../model/message.js';

export type CommandPorts = {
  readonly ctx: XepContext;
  readonly archive: Archive;
  readonly connection: Connection;
  readonly session: Session;
  readonly outbox: Outbox;
  readonly catchUp: CatchUp;
  readonly opened: (conversation: string) => void;
  /** Ends the stream at the server; nothing of it is kept. */
  readonly signOut: () => Promise<void>;
};

/** What pages may ask of the leader, carried out by the extensions. */
export function commandTable({ ctx, archive, connection, session, outbox, catchUp, opened, signOut }: CommandPorts): CommandTable {
  /** An address that nothing is known of yet, as on a new device before the bookmarks are there: that the own archive has nothing of it says nothing of a room's. */
  const seemsRoom = async (jid: string): Promise<boolean> => {
    const kind = (await archive.conversation(jid))?.kind;
    if (kind !== undefined || resourceOf(jid) !== '') return kind === 'room';
    try {
      return (await roomInfo(ctx, jid)).isRoom;
    } catch (error) {
      if (toChatError(error, 'protocol').code === 'refused') return false;
      throw error;
    }
  };
  return {
    wake(refusedToo = false) {
      if (connection.state.kind !== 'refused') connection.wake();
      else if (refusedToo) connection.start();
      if (session.ready) void checkRooms(ctx);
    },
    async flush() {
      void outbox.flush();
      // What was put back after the storage was lost came after the catch-up that would have looked for it.
      const doubtful = await outbox.doubtful(() => true);
      for (const of of new Set(doubtful.map(({ chatType, conversation }) => (chatType === 'groupchat' ? conversation : ctx.me)))) session.look(of);
    },
    send: (draft, originId, at) => outbox.send(draft, originId, at),
    opened,
    async setPresence(presence) {
      await setOwnPresence(ctx, presence);
      session.showPresence(presence);
    },
    setSettings: (settings) => changeSettings(ctx, settings),
    typing: (conversation, state) => sendState(ctx, conversation, state, addressFor(ctx, conversation)),
    visible(anyPage) {
      setActive(ctx, anyPage);
      if (anyPage) session.attend();
    },
    async older(conversation, segment, onward = false) {
      const room = isRoom(ctx, conversation) || (await ctx.shelf.get('rooms', conversation)) !== undefined || (await seemsRoom(conversation));
      const archive = room ? conversation : ctx.me;
      if (!session.archives(archive)) return { more: false };
      return catchUp[onward && segment < TAIL ? 'newer' : 'older'](archive, conversation, Math.min(segment, TAIL), room);
    },
    saveContact: (contact, subscribe) => setContact(ctx, contact, subscribe),
    removeContact: (jid) => removeContact(ctx, jid),
    answerRequest: ({ jid }, accept) => answerRequest(ctx, jid, accept),
    findRooms: (service) => findRooms(ctx, service),
    async joinRoom(room) {
      await joinAndKeep(ctx, room);
      const jid = normalizeJid(room.jid) ?? room.jid;
      if (ctx.live.get('room', jid)?.state === 'joined') await archive.openConversation(jid, 'room');
    },
    leaveRoom: (jid) => leaveAndKeep(ctx, jid),
    setSubject: (jid, subject) => setSubject(ctx, jid, subject),
    bookmarkRoom: (room) => bookmarkRoom(ctx, room),
    inviteToRoom: (room, jid, reason) => invite(ctx, room, bareJid(jid), reason),
    wantAvatar: (jid) => wantAvatar(ctx, jid),
    signOut,
  };
}
