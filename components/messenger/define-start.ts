import { ConversationRow } from '../conversations/conversation-row.js';
import { Conversations } from '../conversations/conversations.js';
import { NewConversation } from '../conversations/new-conversation.js';
import { defineConversation } from '../define-conversation.js';
import { Confirm } from '../dialog/confirm.js';
import { Dialog } from '../dialog/dialog.js';
import { Menu } from '../menu/menu.js';
import { OwnPresence } from '../own-presence/own-presence.js';
import { define } from '../shared/define.js';
import { fetchMessengerWords } from '../shared/locale/messenger-words.js';
import { SignIn } from '../sign-in/sign-in.js';
import { Messenger } from './messenger.js';

/** What the messenger begins with: sign-in, conversations, one of them. It fetches its other panes itself. */
export function defineStart(): void {
  void fetchMessengerWords();
  defineConversation();
  define('tertulia-dialog', Dialog);
  define('tertulia-confirm', Confirm);
  define('tertulia-menu', Menu);
  define('tertulia-sign-in', SignIn);
  define('tertulia-conversation-row', ConversationRow);
  define('tertulia-new-conversation', NewConversation);
  define('tertulia-conversations', Conversations);
  define('tertulia-own-presence', OwnPresence);
  define('tertulia-messenger', Messenger);
}

/** The same for a page that speaks a language already: its words are there before anything is drawn, so that nothing is seen in English. */
export const defineStartInTime = (): Promise<void> => fetchMessengerWords().then(defineStart);
