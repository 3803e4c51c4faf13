import type { ContactRow } from '../../src/model/contact.js';
import type { Messages } from '../shared/locale/en.js';

/** How far one sees each other, where it is not both ways: a few words for a list, a sentence for the details. */
export function subscriptionWords(text: Messages, contact: ContactRow): { readonly short: string; readonly long: string; readonly canAsk: boolean } | undefined {
  switch (contact.subscription) {
    case 'both':
      return undefined;
    case 'to':
      // Their presence is seen, so the list shows that instead.
      return undefined;
    case 'from':
    case 'none':
      if (contact.asked) return { short: text.waitingForAnswer, long: text.waitingForAnswerLong, canAsk: true };
      return { short: text.presenceNotShared, long: contact.subscription === 'from' ? text.youDoNotSeeThem : text.noPresenceEitherWay, canAsk: true };
  }
}
