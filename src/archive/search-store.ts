/** Where the parts of the search index are kept, and what of the archive is not in it. */
import type { SearchBlock, SearchHeader } from './search-block.js';
import type { ArchiveSchema, StoredPart } from './schema.js';

type Key = ArchiveSchema['search']['key'];
const [HEADERS, DOCS, PARTS] = [0, 1, 2];

const ofKind = (kind: number): IDBKeyRange => IDBKeyRange.bound([kind], [kind, []]);
export const allHeaders = ofKind(HEADERS);
export const partOfAll = (part: number): IDBKeyRange => ofKind(PARTS + part);
export const docsKey = (from: number): Key => [DOCS, from];
const keysOf = ({ from, sizes }: SearchHeader): Key[] => [[HEADERS, from], docsKey(from), ...sizes.map((_, part): Key => [PARTS + part, from])];

type Reads = { get(key: Key): Promise<SearchHeader | StoredPart | undefined> };
type Writes = { put(value: SearchHeader | StoredPart, key: Key): Promise<unknown>; delete(key: Key): Promise<void> };

export const bytesOf = (stored: SearchHeader | StoredPart | undefined): Uint8Array<ArrayBuffer> => (stored && 'bytes' in stored ? stored.bytes : new Uint8Array(0));

/** A block as it was written; `undefined` where a part is missing or of another length. */
export async function readBlock(store: Reads, header: SearchHeader): Promise<SearchBlock | undefined> {
  const [, docs, ...parts] = (await Promise.all(keysOf(header).map((key) => store.get(key)))).map(bytesOf);
  return docs && parts.every(({ length }, part) => length === header.sizes[part]) ? { header, docs, parts } : undefined;
}

export const deleteBlock = (store: Writes, header: SearchHeader): Promise<unknown> => Promise.all(keysOf(header).map((key) => store.delete(key)));

export async function writeBlock(store: Writes, { header, docs, parts }: SearchBlock): Promise<void> {
  const { from } = header;
  const [headerKey, docs_, ...partKeys] = keysOf(header) as [Key, Key, ...Key[]];
  const packed = parts.flatMap((bytes, part) => (bytes.length > 0 ? [store.put({ from, bytes }, partKeys[part]!)] : []));
  await Promise.all([store.put(header, headerKey), store.put({ from, bytes: docs }, docs_), ...packed]);
}

/** Row numbers, both included. */
export type Gap = { readonly from: number; readonly to: number };

/** The stretches of row numbers that no block holds, the last one without an end. `headers` in their order. */
export function gapsOf(headers: readonly SearchHeader[]): Gap[] {
  const gaps: Gap[] = [];
  let from = 1;
  for (const header of headers) {
    if (header.from > from) gaps.push({ from, to: header.from - 1 });
    from = header.to + 1;
  }
  return [...gaps, { from, to: Infinity }];
}

export const rangeOf = ({ from, to }: Gap): IDBKeyRange => IDBKeyRange.bound(from, to);
