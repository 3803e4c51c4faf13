/** Reads a direction of a WebSocket (RFC 6455 §5.2) off the wire. */
export class WireTap {
  #tell: (text: string) => void;
  #rest = Buffer.alloc(0);
  #upgraded = false;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  push(packet: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, packet]);
    if (!this.#upgraded) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#tell(this.#rest.subarray(0, this.#rest.indexOf('\r\n')).toString());
      this.#rest = this.#rest.subarray(end + 4);
      this.#upgraded = true;
    }
    for (;;) {
      const [first, second] = this.#rest;
      if (first === undefined || second === undefined) return;
      const masked = second >= 128;
      let size = second & 127;
      let at = 2;
      if (size === 126) {
        if (this.#rest.length < 4) return;
        size = this.#rest.readUInt16BE(2);
        at = 4;
      } else if (size === 127) {
        if (this.#rest.length < 10) return;
        size = Number(this.#rest.readBigUInt64BE(2));
        at = 10;
      }
      const mask = masked ? this.#rest.subarray(at, at + 4) : undefined;
      if (masked) at += 4;
      if (this.#rest.length < at + size) return;
      const content = Buffer.from(this.#rest.subarray(at, at + size));
      if (mask) for (let i = 0; i < content.length; i += 1) content[i] = content[i]! ^ mask[i % 4]!;
      this.#rest = this.#rest.subarray(at + size);
      const kind = first & 15;
      this.#tell(kind === 1 ? content.toString() : `[frame ${kind}, ${size} bytes]`);
    }
  }
}
