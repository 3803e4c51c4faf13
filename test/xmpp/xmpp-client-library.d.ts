// What the tests of the library's faults touch of it.
declare module '@xmpp/client' {
  import type { Element } from '@xmpp/xml';
  type Listener = (...values: never[]) => void;
  export type LibraryClient = {
    status: string;
    timeout: number;
    on(type: string, listener: Listener): void;
    start(): Promise<unknown>;
    send(stanza: Element): Promise<void>;
    readonly iqCaller: { request(stanza: Element): Promise<Element> };
    readonly reconnect: { delay: number; stop(): void };
    readonly streamManagement: { inbound: number; outbound: number; requestAckDebounce: number; on(type: string, listener: (stanza: Element) => void): void };
  };
  export function client(options: { service: string; domain: string; username: string; password: string }): LibraryClient;
}
