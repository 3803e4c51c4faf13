import { Contact } from '../contact/contact.js';
import { ContactForm } from '../contact/contact-form.js';
import { Directory } from '../directory/directory.js';
import { JoinForm } from '../directory/join-form.js';
import { RoomRow } from '../directory/room-row.js';
import { Requests } from '../requests/requests.js';
import { ContactRow } from '../roster/contact-row.js';
import { Roster } from '../roster/roster.js';
import { define } from '../shared/define.js';
import { defineRoom } from './define-room.js';

/** What the messenger does not begin with: rooms, contacts, their details. */
export function definePanes(): void {
  defineRoom();
  define('tertulia-contact-form', ContactForm);
  define('tertulia-contact', Contact);
  define('tertulia-join-form', JoinForm);
  define('tertulia-room-row', RoomRow);
  define('tertulia-directory', Directory);
  define('tertulia-requests', Requests);
  define('tertulia-contact-row', ContactRow);
  define('tertulia-roster', Roster);
}
