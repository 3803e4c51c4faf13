/** Every public tag, registered by being imported: `/elements.js`. */
import { defineWidget } from './define-widget.js';
import { defineMessenger } from './messenger/define.js';

defineWidget();
defineMessenger();

export { Session, type ClientFactory, type SessionPlace } from './session/session.js';
export { Chat } from './chat/chat.js';
export { Widget } from './widget/widget.js';
export { Panel } from './widget/panel.js';
export { CloseEvent } from './widget/close-event.js';
export { Room } from './room/room.js';
export { Roster } from './roster/roster.js';
export { Conversations } from './conversations/conversations.js';
export { Messenger } from './messenger/messenger.js';
export { NavigateEvent } from './messenger/navigate-event.js';
