/**
 * A block of the index: the words of all messages of a stretch of row numbers, packed. Messages are numbered within it,
 * newest first; what is kept of a word is the list of their numbers. A block says which messages may match; whether one
 * does, its row says, so that what is gone or has changed since does no harm.
 */
import type { MessageRow } from '../model/message.js';
import type { FoundMark } from '../model/search.js';
import { termsOf } from './search-text.js';
import type { Lookup } from './search-text.js';

/** Grows when the packing, or what is taken for a word, changes: an older index is made again. */
export const searchFormat = 1;
/** A block's words are spread over so many records by their first sign: a search reads one of them for each word. */
export const partCount = 32;
/** A message with more different words is looked at by every search instead: it would fill the index by itself. */
const manyTerms = 2_000;

export type SearchHeader = {
  readonly format: number;
  /** Row numbers, both included. */
  readonly from: number;
  readonly to: number;
  /** How many messages. */
  readonly rows: number;
  /** Clock of the newest and of the oldest. */
  readonly newest: number;
  readonly oldest: number;
  /** What its clock goes by, milliseconds. */
  readonly unit: number;
  readonly conversations: readonly string[];
  /** Messages with too many words, by their numbers in the block. */
  readonly wide: readonly number[];
  /** Bytes of each part: one of another length is damaged. */
  readonly sizes: readonly number[];
};
/** `docs`: row number, clock and conversation of each message. */
export type SearchBlock = { readonly header: SearchHeader; readonly docs: Uint8Array<ArrayBuffer>; readonly parts: readonly Uint8Array<ArrayBuffer>[] };
export type SearchedRow = FoundMark & { readonly conversation: string; readonly body: string };
export type Docs = { readonly ids: Float64Array; readonly times: Float64Array; readonly conversations: Uint32Array };

/** Where a message stands in what was found. */
export const markOf = ({ id, at }: FoundMark): FoundMark => ({ id, at: Math.floor(at) });
export const searchedRow = (row: MessageRow): SearchedRow => ({ ...markOf(row), conversation: row.conversation, body: row.state.body });
export const partOf = (term: string): number => term.codePointAt(0)! % partCount;
export const newestFirst = (a: FoundMark, b: FoundMark): number => b.at - a.at || b.id - a.id;

class Writer {
  #bytes = new Uint8Array(1_024);
  #length = 0;
  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
  number(value: number): void {
    this.#room(8);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) + 128;
    this.#bytes[this.#length++] = rest;
  }
  bytes(from: Uint8Array): void {
    this.#room(from.length);
    this.#bytes.set(from, this.#length);
    this.#length += from.length;
  }
  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get more(): boolean {
    return this.at < this.#bytes.length;
  }
  number(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new RangeError('a block of the index is cut off');
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }
  bytes(length: number): Uint8Array {
    return this.#bytes.subarray(this.at, (this.at += length));
  }
}

/** A number that may be below zero, as one that is not. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const zagzig = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

/** The words of messages whose row numbers lie in a stretch. */
export function makeBlock(from: number, to: number, rows: readonly SearchedRow[]): SearchBlock {
  const parts = Array.from({ length: partCount }, () => new Map<string, number[]>());
  const wide: number[] = [];
  const sorted = rows.toSorted(newestFirst);
  for (const [doc, { body }] of sorted.entries()) {
    const terms = termsOf(body);
    if (terms.size > manyTerms) wide.push(doc);
    else for (const term of terms) postingsOf(parts[partOf(term)]!, term).push(doc);
  }
  return pack(from, to, sorted, wide, parts.map((part) => packPart(part, rows.length)));
}

function postingsOf(part: Map<string, number[]>, term: string): number[] {
  const held = part.get(term) ?? [];
  if (held.length === 0) part.set(term, held);
  return held;
}

function pack(from: number, to: number, sorted: readonly Omit<SearchedRow, 'body'>[], wide: readonly number[], parts: readonly Uint8Array<ArrayBuffer>[]): SearchBlock {
  const docs = new Writer();
  const conversations = new Map<string, number>();
  const newest = sorted[0]?.at ?? 0;
  // Servers keep whole seconds.
  const unit = sorted.every((doc) => doc.at % 1_000 === 0) ? 1_000 : 1;
  let [id, at, last] = [from, newest, -1];
  for (const doc of sorted) {
    let conversation = conversations.get(doc.conversation);
    if (conversation === undefined) conversations.set(doc.conversation, (conversation = conversations.size));
    // Mostly the same as of the one before.
    docs.number(zigzag(doc.id - id) * 2 + Number(conversation !== last));
    if (conversation !== last) docs.number((last = conversation));
    docs.number((at - doc.at) / unit);
    ({ id, at } = doc);
  }
  const header = { format: searchFormat, from, to, rows: sorted.length, newest, oldest: at, unit, conversations: [...conversations.keys()], wide, sizes: parts.map(({ length }) => length) };
  return { header, docs: docs.done(), parts };
}

/** Words in their order, each told by how much of the one before it begins with, its rest, and its messages. */
function packPart(part: ReadonlyMap<string, readonly number[]>, rows: number): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  const encoder = new TextEncoder();
  let before = new Uint8Array(0);
  for (const term of [...part.keys()].toSorted()) {
    const word = encoder.encode(term);
    const docs = part.get(term)!;
    let same = 0;
    while (same < before.length && same < word.length && before[same] === word[same]) same += 1;
    const bits = Math.max(0, Math.floor(Math.log2((0.69 * rows) / docs.length)));
    const packed = packSteps(docs, bits);
    out.number(same);
    out.number(word.length - same);
    out.bytes(word.subarray(same));
    out.number(packed.length * 32 + bits);
    out.bytes(packed);
    before = word;
  }
  return out.done();
}

type Term = { readonly word: Uint8Array; readonly packed: Uint8Array; readonly bits: number };
function* termsIn(part: Uint8Array): Generator<Term> {
  const reader = new Reader(part);
  // Longer than any: words are cut.
  const word = new Uint8Array(512);
  while (reader.more) {
    const same = reader.number();
    const rest = reader.bytes(reader.number());
    word.set(rest, same);
    const steps = reader.number();
    yield { word: word.subarray(0, same + rest.length), packed: reader.bytes(Math.floor(steps / 32)), bits: steps % 32 };
  }
}

/**
 * The steps between numbers, by Rice's code: a step divided by 2^bits is that many ones and a zero, then what is left in
 * `bits` bits. Half of what whole bytes need where a word is frequent. Ones up to the end of the last byte say nothing.
 */
function packSteps(docs: readonly number[], bits: number): Uint8Array {
  const bytes: number[] = [];
  let [byte, held] = [0, 0];
  const put = (bit: number): void => {
    byte = byte * 2 + bit;
    if ((held += 1) < 8) return;
    bytes.push(byte);
    byte = held = 0;
  };
  let last = -1;
  for (const doc of docs) {
    const step = doc - last - 1;
    last = doc;
    for (let ones = step >> bits; ones > 0; ones -= 1) put(1);
    put(0);
    for (let bit = bits - 1; bit >= 0; bit -= 1) put((step >> bit) & 1);
  }
  while (held > 0) put(1);
  return Uint8Array.from(bytes);
}

function docsIn({ packed, bits }: Pick<Term, 'packed' | 'bits'>): number[] {
  const docs: number[] = [];
  const end = packed.length * 8;
  const bit = (at: number): number => (packed[at >> 3]! >> (7 - (at & 7))) & 1;
  let doc = -1;
  for (let at = 0; ; ) {
    let step = 0;
    for (; at < end && bit(at) === 1; at += 1) step += 1;
    if (at >= end) return docs;
    at += 1;
    for (let left = bits; left > 0; left -= 1, at += 1) step = step * 2 + bit(at);
    docs.push((doc += step + 1));
  }
}

/** Which messages of a block have a word: 1 each. */
export function lookUp(part: Uint8Array, { term: wanted, prefix }: Lookup, { rows }: SearchHeader): Uint8Array {
  const asked = new TextEncoder().encode(wanted);
  const found = new Uint8Array(rows);
  for (const term of termsIn(part)) {
    const { word } = term;
    if (prefix ? word.length < asked.length : word.length !== asked.length) continue;
    if (asked.every((byte, i) => byte === word[i])) for (const doc of docsIn(term)) found[doc] = 1;
  }
  return found;
}

export function readDocs({ header, docs }: Pick<SearchBlock, 'header' | 'docs'>): Docs {
  const reader = new Reader(docs);
  const { rows } = header;
  const read: Docs = { ids: new Float64Array(rows), times: new Float64Array(rows), conversations: new Uint32Array(rows) };
  let [id, at, conversation] = [header.from, header.newest, -1];
  for (let doc = 0; doc < rows; doc += 1) {
    const first = reader.number();
    read.ids[doc] = id += zagzig(Math.floor(first / 2));
    if (first % 2 === 1) conversation = reader.number();
    read.conversations[doc] = conversation;
    read.times[doc] = at -= reader.number() * header.unit;
  }
  return read;
}

/**
 * One block of several, without the rows that are not to be `kept`. A part at a time, with a pause in between: whoever
 * waits meanwhile is served.
 */
export async function mergeBlocks(from: number, to: number, blocks: readonly SearchBlock[], kept: (id: number, block: number) => boolean, pause: () => Promise<void>): Promise<SearchBlock> {
  type Doc = Omit<SearchedRow, 'body'> & { readonly block: number; readonly doc: number };
  const all: Doc[] = [];
  for (const [block, { header, docs }] of blocks.entries()) {
    const { ids, times, conversations } = readDocs({ header, docs });
    for (let doc = 0; doc < header.rows; doc += 1) {
      if (kept(ids[doc]!, block)) all.push({ block, doc, id: ids[doc]!, at: times[doc]!, conversation: header.conversations[conversations[doc]!]! });
    }
  }
  all.sort(newestFirst);
  const numbers = blocks.map(({ header }) => new Int32Array(header.rows).fill(-1));
  for (const [number, { block, doc }] of all.entries()) numbers[block]![doc] = number;
  const renumbered = (block: number, docs: readonly number[]): number[] => docs.map((doc) => numbers[block]![doc]!).filter((doc) => doc >= 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const decoder = new TextDecoder();
  for (let part = 0; part < partCount; part += 1) {
    // oxlint-disable-next-line no-await-in-loop -- that is the pause
    await pause();
    const terms = new Map<string, number[]>();
    for (const [block, { parts: its }] of blocks.entries()) {
      for (const term of termsIn(its[part]!)) {
        const docs = renumbered(block, docsIn(term));
        if (docs.length > 0) postingsOf(terms, decoder.decode(term.word)).push(...docs);
      }
    }
    for (const docs of terms.values()) docs.sort((a, b) => a - b);
    parts.push(packPart(terms, all.length));
  }
  const wide = blocks.flatMap(({ header }, block) => renumbered(block, header.wide)).toSorted((a, b) => a - b);
  return pack(from, to, all, wide, parts);
}
