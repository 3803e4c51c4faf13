import type { OwnPresence, Show } from '../../src/model/contact.js';
import type { Messages } from '../shared/locale/en.js';

/** Somebody's presence, or one's own, in a word or two. */
export function presenceWords(text: Messages, show: Show | OwnPresence['show']): string {
  switch (show) {
    case 'available':
      return text.available;
    case 'chat':
      return text.chatty;
    case 'away':
      return text.away;
    case 'xa':
      return text.longAway;
    case 'dnd':
      return text.busy;
    case 'offline':
      return text.notThere;
    case 'invisible':
      return text.invisible;
  }
}
