import { definePanes } from './define-panes.js';
import { defineStart } from './define-start.js';

/** Every tag of the messenger. */
export function defineMessenger(): void {
  definePanes();
  defineStart();
}
