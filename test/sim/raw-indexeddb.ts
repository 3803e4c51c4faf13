/** The parts of fake-indexeddb (its exact version is pinned) that the disk takes hold of; they are no public part of it. */

export type RawRequest = { readyState: 'pending' | 'done'; source: unknown };
export type RawStore = { rawDatabase: RawDatabase };

export type RawTransaction = {
  readonly db: RawConnection;
  readonly mode: IDBTransactionMode;
  readonly durability: IDBTransactionDurability;
  readonly _scope: Set<string>;
  /** The first three are its own. */
  listeners: { readonly callback: unknown }[];
  _state: 'active' | 'inactive' | 'committing' | 'finished';
  _started: boolean;
  /** What undoes each change, in the order of the changes. Kept after the commit. */
  _rollbackLog: (() => void)[];
  /** Not yet carried out, in order. */
  _requests: { operation: () => unknown; request: RawRequest }[];
  /** Carries out one request, or commits where there is none left. */
  _start(): void;
  _abort(error: string | null): void;
};

export type RawConnection = {
  readonly _rawDatabase: RawDatabase;
  _closed: boolean;
  _closePending: boolean;
  transaction(stores: string | string[], mode?: IDBTransactionMode, options?: IDBTransactionOptions): RawTransaction;
  dispatchEvent(event: Event): boolean;
  close(): void;
};

export type RawDatabase = {
  readonly constructor: new (name: string, version: number) => RawDatabase;
  readonly name: string;
  version: number;
  transactions: RawTransaction[];
  connections: RawConnection[];
  rawObjectStores: Map<string, RawStore>;
  processTransactions(): void;
};

export type RawOpenRequest = RawRequest & {
  result: RawConnection | undefined;
  transaction: RawTransaction | null;
  error: DOMException | null;
  dispatchEvent(event: Event): boolean;
};

export type RawFactory = {
  _databases: Map<string, RawDatabase>;
  /** Openings and deletions of a database, one after the other. */
  _connectionQueues: Map<string, Promise<void>>;
  open(name: string, version?: number): RawOpenRequest;
  deleteDatabase(name: string): RawOpenRequest;
  databases(): Promise<IDBDatabaseInfo[]>;
  cmp(first: unknown, second: unknown): number;
};
