import type { Show } from '../../src/model/contact.js';
import type { Messages } from '../shared/locale/en.js';

export function presenceWord(show: Show, text: Messages): string {
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
  }
}
