import type { ChatErrorCode } from '../../src/base/error.js';

/** The panel has tried to let the visitor in: done, or why not. */
export class EnteredEvent extends Event {
  static readonly type = 'tertulia-entered';
  readonly error: ChatErrorCode | undefined;

  constructor(error?: ChatErrorCode) {
    super(EnteredEvent.type);
    this.error = error;
  }
}

declare global {
  interface HTMLElementEventMap {
    'tertulia-entered': EnteredEvent;
  }
}
