/** What went wrong, as the view and the tests name it. Words for people are in `components/shared/locale/`. */
export type ChatErrorCode =
  | 'offline' // no connection, and the request cannot wait for one
  | 'timeout' // nobody answered in time
  | 'not-authorized' // the server refused the credentials; never retried
  | 'insecure' // the server offers nothing that keeps the password safe
  | 'forged-server' // the server could not prove that it knows the password
  | 'unreachable' // no socket could be opened
  | 'stream-error' // the server ended the stream
  | 'protocol' // the other side broke the protocol
  | 'refused' // an IQ error; `condition` names it
  | 'registration' // no guest account could be made
  | 'outdated' // a newer build is open in another tab of this browser
  | 'storage' // the archive could not be read or written
  | 'too-large' // over a stated limit
  | 'invalid'; // the caller's own argument is wrong

/** The one error type that crosses folders. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ChatErrorCode;
  /** The defined condition of RFC 6120 §8.3.3 or §4.9.3, or of an extension, where the server named one. */
  readonly condition: string | undefined;

  constructor(code: ChatErrorCode, message: string, more: { cause?: unknown; condition?: string | undefined } = {}) {
    super(message, 'cause' in more ? { cause: more.cause } : undefined);
    this.code = code;
    this.condition = more.condition;
  }
}

/** Wraps whatever was thrown, keeping a `ChatError` as it is. */
export function toChatError(thrown: unknown, code: ChatErrorCode): ChatError {
  if (thrown instanceof ChatError) return thrown;
  return new ChatError(code, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
