/** Where the engine says what it skipped and why. Never given a body, a password or a token. */
export interface Log {
  debug(message: string, detail?: unknown): void;
  warn(message: string, detail?: unknown): void;
}

export const consoleLog: Log = {
  debug() {},
  warn: (message, detail) => console.warn(`tertulia: ${message}`, ...(detail === undefined ? [] : [detail])),
};

export const silentLog: Log = { debug() {}, warn() {} };
