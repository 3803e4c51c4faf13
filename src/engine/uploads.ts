import type { OutboxRow } from '../model/message.js';
import type { OutboxPorts } from './outbox.js';
import { toChatError, type ChatError } from '../base/error.js';

/** How long after each interruption, one after the other, an upload begins anew, milliseconds: longer in all than a dead link stays unnoticed. */
const pauses = [2_000, 8_000, 20_000, 60_000];

/**
 * Brings the files of outbox rows to the server. An upload that was cut begins anew, each time in a slot of its own, for
 * slots expire (XEP-0363 §4); it holds up nobody but its own message, and what was written later may overtake it.
 */
export class Uploads {
  readonly #ports: OutboxPorts;
  readonly #flush: () => Promise<void>;
  /** Under way, or pausing. */
  readonly #busy = new Set<number>();
  /** By row: interruptions in a row. */
  readonly #cuts = new Map<number, number>();

  /** `flush` sends what has been uploaded, and begins again what was cut. */
  constructor(ports: OutboxPorts, flush: () => Promise<void>) {
    this.#ports = ports;
    this.#flush = flush;
  }

  begin(row: OutboxRow, file: Blob): void {
    if (this.#busy.has(row.id)) return;
    this.#busy.add(row.id);
    void this.#run(row, file).then((pause) => {
      if (pause > 0) this.#ports.clock.after(pause, () => this.#free(row));
      else this.#free(row);
    });
  }

  #free(row: OutboxRow): void {
    this.#busy.delete(row.id);
    void this.#flush();
  }

  /** How long to wait before the row is looked at again. */
  async #run(row: OutboxRow, file: Blob): Promise<number> {
    const { archive, live, log, upload } = this.#ports;
    const key = String(row.message);
    try {
      live.set('upload', key, 0);
      const attachment = await upload(file, row.fileName ?? 'file', (share) => live.set('upload', key, share));
      await archive.setUploaded(row.id, [attachment]);
      this.#cuts.delete(row.id);
      return 0;
    } catch (thrown) {
      const error = toChatError(thrown, 'protocol');
      log.warn('upload failed', error.message);
      return await this.#afterFailure(row, file, error);
    } finally {
      live.set('upload', key, undefined);
    }
  }

  async #afterFailure(row: OutboxRow, file: Blob, error: ChatError): Promise<number> {
    const { archive, online } = this.#ports;
    // Begun again with the next session, however often that takes.
    if (!online()) return 0;
    const cuts = this.#cuts.get(row.id) ?? 0;
    const pause = pauses[cuts];
    const readable = await isReadable(file);
    if (readable && pause !== undefined && mayPass(error, cuts)) {
      this.#cuts.set(row.id, cuts + 1);
      return pause;
    }
    this.#cuts.delete(row.id);
    await archive.markFailed(row.id, !readable ? 'unreadable' : error.code === 'too-large' ? 'too-large' : 'upload').catch(() => undefined);
    return 0;
  }
}

/** A slot that is refused may have expired while the file waited for it: the next one tells. */
function mayPass({ code, condition = '' }: ChatError, cuts: number): boolean {
  if (code === 'refused') return condition.startsWith('http-5') || (condition.startsWith('http-') && cuts === 0);
  return code === 'offline' || code === 'timeout' || code === 'unreachable' || code === 'storage';
}

/** What the browser keeps of a file may be gone, and a request does not tell that from a network that is. */
const isReadable = (file: Blob): Promise<boolean> =>
  file.slice(0, 1).arrayBuffer().then(
    ({ byteLength }) => byteLength > 0 || file.size === 0,
    () => false,
  );
