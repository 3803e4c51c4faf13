export type Theme = 'auto' | 'light' | 'dark';

/** A person chose how it looks or which language it speaks. Whoever holds the session keeps it. */
export class PreferenceEvent extends Event {
  static readonly type = 'tertulia-preference';
  readonly theme: Theme | undefined;
  readonly locale: string | undefined;

  constructor({ theme, locale }: { theme?: Theme; locale?: string }) {
    super(PreferenceEvent.type, { bubbles: true, composed: true });
    this.theme = theme;
    this.locale = locale;
  }
}

declare global {
  interface HTMLElementEventMap {
    'tertulia-preference': PreferenceEvent;
  }
}
