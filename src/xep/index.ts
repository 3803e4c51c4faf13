/**
 * The extensions that Tertulia speaks: one line each. `onReady` and `onPresence` run in this order; in every other
 * stage no module may depend on another's place.
 */
import { disco } from './0030-disco.js';
import { muc } from './0045-muc.js';
import { oob } from './0066-oob.js';
import { chatStates } from './0085-chat-states.js';
import { caps } from './0115-caps.js';
import { avatars } from './0153-avatars.js';
import { nicknames } from './0172-nicknames.js';
import { receipts } from './0184-receipts.js';
import { delay } from './0203-delay.js';
import { invitations } from './0249-invitations.js';
import { settings } from './0223-settings.js';
import { carbons } from './0280-carbons.js';
import { mam } from './0313-mam.js';
import { displayedMarkers } from './0333-displayed-markers.js';
import { clientState } from './0352-csi.js';
import { stanzaIds } from './0359-stanza-ids.js';
import { bookmarks } from './0402-bookmarks.js';
import { selfPing } from './0410-self-ping.js';
import { displayedSync } from './0490-displayed-sync.js';
import { message } from './rfc6121-message.js';
import { presence } from './rfc6121-presence.js';
import { roster } from './rfc6121-roster.js';
import type { XepModule } from './module.js';

export const modules: readonly XepModule[] = [
  message,
  roster,
  disco,
  caps,
  carbons,
  oob,
  chatStates,
  receipts,
  displayedMarkers,
  displayedSync,
  settings,
  nicknames,
  delay,
  mam,
  clientState,
  stanzaIds,
  invitations,
  bookmarks,
  // Pictures are announced in everybody's presence; then rooms take theirs, and contacts have the rest.
  avatars,
  muc,
  selfPing,
  presence,
];
