import { busName, type BusMessage } from './bus.js';
import type { Unsubscribe } from '../base/emitter.js';

/** One end of an account's bus. What an end posts reaches every other end, never itself. */
export interface Channel {
  post(message: BusMessage): void;
  onMessage(listener: (message: BusMessage) => void): Unsubscribe;
  close(): void;
}
/** Takes the name of the account's database. */
export type OpenChannel = (database: string) => Channel;

/** Ends within one page, for where storage, and BroadcastChannel with it, is refused. */
export function localChannels(): OpenChannel {
  const ends = new Map<string, Set<(message: BusMessage) => void>>();
  return (name) => {
    const all = ends.get(name) ?? new Set();
    ends.set(name, all);
    const listeners = new Set<(message: BusMessage) => void>();
    const receive = (message: BusMessage) => {
      for (const listener of Array.from(listeners)) listener(message);
    };
    all.add(receive);
    return {
      post(message) {
        for (const other of all) if (other !== receive) queueMicrotask(() => all.has(other) && other(structuredClone(message)));
      },
      onMessage(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close() {
        listeners.clear();
        all.delete(receive);
      },
    };
  };
}

/** The account's bus over BroadcastChannel: pages and workers of this origin and storage partition. */
export const openChannel: OpenChannel = (database) => {
  const channel = new BroadcastChannel(busName(database));
  const listeners = new Set<(message: BusMessage) => void>();
  let open = true;
  channel.onmessage = (event: MessageEvent<BusMessage>) => {
    for (const listener of Array.from(listeners)) listener(event.data);
  };
  return {
    post(message) {
      if (open) channel.postMessage(message);
    },
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      open = false;
      listeners.clear();
      channel.close();
    },
  };
};
