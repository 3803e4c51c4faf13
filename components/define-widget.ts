import { defineConversation } from './define-conversation.js';
import { define } from './shared/define.js';
import { Panel } from './widget/panel.js';
import { Widget } from './widget/widget.js';
import { WidgetFrame } from './widget/widget-frame.js';

/** The tags of the panel: what the widget's frame shows. The sign-in form, a room or the messenger inside it is fetched when it is wanted. */
export function definePanel(): void {
  defineConversation();
  define('tertulia-panel', Panel);
}

/** Launcher and panel as elements of a page's own. */
export function defineWidget(): void {
  definePanel();
  define('tertulia-widget-frame', WidgetFrame);
  define('tertulia-widget', Widget);
}
