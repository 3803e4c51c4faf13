import { defineConversation } from './define-conversation.js';
import { define } from './shared/define.js';
import { Panel } from './widget/panel.js';

/** The tags of the panel: what the widget's frame shows. The sign-in form, a room or the messenger inside it is fetched when it is wanted. */
export function definePanel(): void {
  defineConversation();
  define('tertulia-panel', Panel);
}
