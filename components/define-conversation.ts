import { Avatar } from './avatar/avatar.js';
import { Chat } from './chat/chat.js';
import { Composer } from './composer/composer.js';
import { MessageList } from './message-list/message-list.js';
import { Session } from './session/session.js';
import { StatusLine } from './session/status-line.js';
import { define } from './shared/define.js';

/**
 * The tags of a session and a conversation; those of files are fetched with the first file. The session first: what it
 * contains asks it as soon as it is upgraded.
 */
export function defineConversation(): void {
  define('tertulia-session', Session);
  define('tertulia-avatar', Avatar);
  define('tertulia-status', StatusLine);
  define('tertulia-composer', Composer);
  define('tertulia-message-list', MessageList);
  define('tertulia-chat', Chat);
}
