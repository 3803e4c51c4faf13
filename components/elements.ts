/** Every public tag, registered by being imported: `/elements.js`. A session or widget without a client makes its own. */
import { defineWidget } from './define-widget.js';
import { defineMessenger } from './messenger/define.js';
import { Session, type ClientFactory } from './session/session.js';
import { define } from './shared/define.js';
import { Widget } from './widget/widget.js';

/** The engine is fetched when a session is there that needs it. Without a domain it is the page's own deployment. */
const connect: ClientFactory = async ({ domain, service }) => {
  // An entry wires the halves together, as pages/ do.
  // oxlint-disable-next-line no-restricted-imports
  const { createChat, fetchDeployment, readDeployment } = await import('../src/chat.js');
  const warn = (message: string): void => console.warn(`tertulia: ${message}`);
  return createChat(domain ? readDeployment({ domain, service }, warn) : await fetchDeployment('config.json', warn));
};

class ConnectingSession extends Session {
  override createClient: ClientFactory | undefined = connect;
}

class ConnectingWidget extends Widget {
  override createClient: ClientFactory | undefined = connect;
}

define('tertulia-session', ConnectingSession);
define('tertulia-widget', ConnectingWidget);
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
