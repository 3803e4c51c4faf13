import { definePanel } from './define-panel.js';
import { define } from './shared/define.js';
import { Widget } from './widget/widget.js';
import { WidgetFrame } from './widget/widget-frame.js';

/** Launcher and panel as elements of a page's own. */
export function defineWidget(): void {
  definePanel();
  define('tertulia-widget-frame', WidgetFrame);
  define('tertulia-widget', Widget);
}
