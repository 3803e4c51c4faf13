import { createServer, connect, type Socket } from 'node:net';

/**
 * A line between browsers and one server, which a test may cut: the network as it fails, for pages, workers and service workers
 * alike, in every browser. `cut` refuses and drops; `freeze` keeps connections open and delivers nothing, as a dead radio does.
 */
export type Line = {
  readonly port: number;
  /** How many connections were ever asked for. */
  readonly asked: number;
  cut(): void;
  freeze(): void;
  mend(): void;
  close(): Promise<void>;
};

/** Opens a line on a free port of loopback to `target`, which may be given later. */
export async function openLine(target: () => number): Promise<Line> {
  let state: 'up' | 'cut' | 'frozen' = 'up';
  let asked = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    asked += 1;
    keep(near);
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    if (state === 'frozen') return;
    const far = connect(target(), '127.0.0.1');
    keep(far);
    near.on('data', (data) => state === 'up' && far.write(data));
    far.on('data', (data) => state === 'up' && near.write(data));
    near.on('close', () => far.destroy());
    far.on('close', () => state !== 'frozen' && near.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as { port: number }).port,
    get asked() {
      return asked;
    },
    cut() {
      state = 'cut';
      drop();
    },
    freeze() {
      state = 'frozen';
    },
    mend() {
      // What was lost while it was frozen cannot be made good: those connections are gone.
      if (state === 'frozen') drop();
      state = 'up';
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}
