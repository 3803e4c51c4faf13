// What every server the project runs is set up with.

export const hosts = {
  domain: 'localhost',
  guestDomain: 'guests.localhost',
  anonymousDomain: 'anon.localhost',
  roomsDomain: 'rooms.localhost',
  uploadDomain: 'upload.localhost',
};

/** Local parts at `localhost`, with their passwords. */
export const accounts = { support: 'tertulia', alice: 'tertulia', bob: 'tertulia' };

/** Persistent, public rooms, with their names. */
export const rooms = { lobby: 'Lobby' };

/** Guest accounts that one network address may make: how many in how many seconds. */
export const guestRate = { max: 30, seconds: 60 };

/** The largest uploaded file, bytes. */
export const uploadLimit = 20 * 1024 * 1024;

/**
 * A running server.
 * @typedef {typeof hosts & {
 *   readonly name: 'prosody' | 'ejabberd',
 *   readonly port: number,
 *   readonly wsUrl: string,
 *   readonly httpUrl: string,
 *   readonly pid: number,
 *   readonly exited: Promise<import('./child.mjs').Exit>,
 *   register(local: string, password: string, host?: string): Promise<void>,
 *   log(): string,
 *   restart(): Promise<void>,
 *   start(): Promise<void>,
 *   kill(): Promise<void>,
 *   stop(): Promise<void>,
 * }} XmppServer
 * `register` makes an account; `log` is the end of what the server wrote; `kill` lets it crash, `start` takes it up again on the same
 * data, `restart` is an orderly stop and start. `pid` and `exited` are those of the process that runs now.
 */
