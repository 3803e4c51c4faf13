/** Somebody wants the panel closed: its button, or Escape. */
export class CloseEvent extends Event {
  static readonly type = 'tertulia-close';

  constructor() {
    super(CloseEvent.type, { bubbles: true, composed: true });
  }
}

declare global {
  interface HTMLElementEventMap {
    'tertulia-close': CloseEvent;
  }
}
