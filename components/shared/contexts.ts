import { createContext } from '@lit/context';
import type { ChatClient } from '../../src/client/chat-client.js';
import type { Locale } from './locale/locale.js';

/** The engine, as the nearest `<tertulia-session>` holds it. */
export const clientContext = createContext<ChatClient | undefined>(Symbol.for('tertulia-client'));

/** Words, direction and formats. */
export const localeContext = createContext<Locale>(Symbol.for('tertulia-locale'));
