/** The messenger's and the room's words in every language: a part of the messenger's chunk, so that a widget does without. */
import { enMessenger } from './en-messenger.js';
import { addMessengerWords, type MessengerTranslations } from './locale.js';

const translations: MessengerTranslations = {
  de: () => import('./de-messenger.js').then(({ deMessenger }) => deMessenger),
  es: () => import('./es-messenger.js').then(({ esMessenger }) => esMessenger),
  ar: () => import('./ar-messenger.js').then(({ arMessenger }) => arMessenger),
};

let fetched: Promise<void> | undefined;

/** Adds them, once. Resolves when every language that is spoken already has them; English has them at once. */
export function fetchMessengerWords(): Promise<void> {
  return (fetched ??= addMessengerWords(enMessenger, translations));
}
