/**
 * The extensions that Tertulia speaks: one line each. `onReady` and `onPresence` run in this order; in every other
 * stage no module may depend on another's place.
 */
import { disco } from './0030-disco.js';
import { oob } from './0066-oob.js';
import { chatStates } from './0085-chat-states.js';
import { caps } from './0115-caps.js';
import { receipts } from './0184-receipts.js';
import { delay } from './0203-delay.js';
import { carbons } from './0280-carbons.js';
import { mam } from './0313-mam.js';
import { clientState } from './0352-csi.js';
import { stanzaIds } from './0359-stanza-ids.js';
import { message } from './rfc6121-message.js';
import type { XepModule } from './module.js';

export const modules: readonly XepModule[] = [
  message,
  disco,
  caps,
  carbons,
  oob,
  chatStates,
  receipts,
  delay,
  mam,
  clientState,
  stanzaIds,
];
