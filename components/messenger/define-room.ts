import { defineConversation } from '../define-conversation.js';
import { Confirm } from '../dialog/confirm.js';
import { Dialog } from '../dialog/dialog.js';
import { Menu } from '../menu/menu.js';
import { InviteForm } from '../room/invite-form.js';
import { ParticipantRow } from '../room/participant-row.js';
import { Participants } from '../room/participants.js';
import { Room } from '../room/room.js';
import { RoomRefusal } from '../room/room-refusal.js';
import { SubjectForm } from '../room/subject-form.js';
import { define } from '../shared/define.js';
import { fetchMessengerWords } from '../shared/locale/messenger-words.js';

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

/** The same for a page that speaks a language already: its words are there before anything is drawn, so that nothing is seen in English. */
export const defineRoomInTime = (): Promise<void> => fetchMessengerWords().then(defineRoom);
