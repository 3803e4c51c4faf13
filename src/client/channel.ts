import { busName, busVersion, type BusMessage } from './bus.js';
import type { Unsubscribe } from '../base/emitter.js';

/** One end of an account's bus. What an end posts reaches every other end, never itself. */
export interface Channel {
  post(message: BusMessage): void;
  onMessage(listener: (message: BusMessage) => void): Unsubscribe;
  /** Somebody of another build has said something; which version of the bus it speaks. Absent where all ends are of one build. */
  onForeign?(listener: (version: number) => void): Unsubscribe;
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

/** What is on the wire between tabs: the only thing that all builds have in common. */
type Envelope = { readonly bus: number; readonly message: BusMessage };

/** The account's bus over BroadcastChannel: pages and workers of this origin and storage partition. */
export const openChannel: OpenChannel = (database) => {
  const channel = new BroadcastChannel(busName(database));
  const listeners = new Set<(message: BusMessage) => void>();
  const foreign = new Set<(version: number) => void>();
  let open = true;
  channel.onmessage = ({ data }: MessageEvent<Partial<Envelope> | null>) => {
    const { bus = 0, message } = data ?? {};
    if (bus !== busVersion) for (const listener of Array.from(foreign)) listener(Number(bus));
    else if (message) for (const listener of Array.from(listeners)) listener(message);
  };
  return {
    post(message) {
      if (open) channel.postMessage({ bus: busVersion, message } satisfies Envelope);
    },
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onForeign(listener) {
      foreign.add(listener);
      return () => foreign.delete(listener);
    },
    close() {
      open = false;
      listeners.clear();
      foreign.clear();
      channel.close();
    },
  };
};
