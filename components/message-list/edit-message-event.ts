import type { MessageRow } from '../../src/model/message.js';

/** A message that failed is to go back into the composer. */
export class EditMessageEvent extends Event {
  static readonly type = 'tertulia-edit-message';
  readonly row: MessageRow;

  constructor(row: MessageRow) {
    super(EditMessageEvent.type, { bubbles: true });
    this.row = row;
  }
}

declare global {
  interface HTMLElementEventMap {
    'tertulia-edit-message': EditMessageEvent;
  }
}
