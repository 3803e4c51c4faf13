import { LitElement } from 'lit';
import { ContextConsumer } from '@lit/context';
import type { ChatClient } from '../../src/client/chat-client.js';
import { clientContext, localeContext } from './contexts.js';
import { english, type Locale } from './locale/locale.js';
import type { Messages } from './locale/en.js';
import { base } from './tokens.styles.js';

/** What all our elements are: a Lit element that knows the engine and the language of the session around it. */
export class ChatElement extends LitElement {
  static override styles = [base];

  readonly #client = new ContextConsumer(this, { context: clientContext, subscribe: true });
  readonly #locale = new ContextConsumer(this, { context: localeContext, subscribe: true });

  /** The engine; `undefined` outside of a `<tertulia-session>` and until it has started. */
  get client(): ChatClient | undefined {
    return this.#client.value;
  }

  get locale(): Locale {
    return this.#locale.value ?? english;
  }

  /** The words, in the session's language. */
  get text(): Messages {
    return this.locale.text;
  }
}
