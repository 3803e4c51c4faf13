import { Contact } from '../contact/contact.js';
import { ContactForm } from '../contact/contact-form.js';
import { ConversationRow } from '../conversations/conversation-row.js';
import { Conversations } from '../conversations/conversations.js';
import { NewConversation } from '../conversations/new-conversation.js';
import { Confirm } from '../dialog/confirm.js';
import { Dialog } from '../dialog/dialog.js';
import { Directory } from '../directory/directory.js';
import { JoinForm } from '../directory/join-form.js';
import { RoomRow } from '../directory/room-row.js';
import { Menu } from '../menu/menu.js';
import { OwnPresence } from '../own-presence/own-presence.js';
import { Requests } from '../requests/requests.js';
import { InviteForm } from '../room/invite-form.js';
import { ParticipantRow } from '../room/participant-row.js';
import { Participants } from '../room/participants.js';
import { Room } from '../room/room.js';
import { RoomRefusal } from '../room/room-refusal.js';
import { SubjectForm } from '../room/subject-form.js';
import { ContactRow } from '../roster/contact-row.js';
import { Roster } from '../roster/roster.js';
import { defineConversation } from '../define-conversation.js';
import { define } from '../shared/define.js';
import { fetchMessengerWords } from '../shared/locale/messenger-words.js';
import { SignIn } from '../sign-in/sign-in.js';
import { Messenger } from './messenger.js';

/** The tags of the room pane alone, for a widget that opens straight into a room. */
export function defineRoom(): void {
  void fetchMessengerWords();
  defineConversation();
  define('tertulia-dialog', Dialog);
  define('tertulia-confirm', Confirm);
  define('tertulia-menu', Menu);
  define('tertulia-invite-form', InviteForm);
  define('tertulia-participant-row', ParticipantRow);
  define('tertulia-participants', Participants);
  define('tertulia-room-refusal', RoomRefusal);
  define('tertulia-subject-form', SubjectForm);
  define('tertulia-room', Room);
}

/** Every tag of the messenger. */
export function defineMessenger(): void {
  defineRoom();
  define('tertulia-sign-in', SignIn);
  define('tertulia-contact-form', ContactForm);
  define('tertulia-contact', Contact);
  define('tertulia-conversation-row', ConversationRow);
  define('tertulia-new-conversation', NewConversation);
  define('tertulia-conversations', Conversations);
  define('tertulia-join-form', JoinForm);
  define('tertulia-room-row', RoomRow);
  define('tertulia-directory', Directory);
  define('tertulia-own-presence', OwnPresence);
  define('tertulia-requests', Requests);
  define('tertulia-contact-row', ContactRow);
  define('tertulia-roster', Roster);
  define('tertulia-messenger', Messenger);
}

/** The same for a page that speaks a language already: its words are there before anything is drawn, so that nothing is seen in English. */
export const defineRoomInTime = (): Promise<void> => fetchMessengerWords().then(defineRoom);
export const defineMessengerInTime = (): Promise<void> => fetchMessengerWords().then(defineMessenger);
