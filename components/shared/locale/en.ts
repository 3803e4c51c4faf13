/** What the conversation, the panel and the sign-in say. The messenger's and the room's words come with them: `en-messenger.ts`. */
import { counting } from './counting.js';
import type { MessengerWords } from './en-messenger.js';
import { pick } from './pick.js';

const count = counting('en');

/** Why a message failed, by stanza error condition or by our own word for it. */
const failures = {
  'item-not-found': 'This address does not exist.',
  'remote-server-not-found': 'The other server could not be found.',
  'remote-server-timeout': 'The other server did not answer.',
  'recipient-unavailable': 'They are not reachable now.',
  'service-unavailable': 'This address takes no messages from you.',
  'subscription-required': 'They take messages from their contacts only.',
  forbidden: 'You may not write here.',
  'not-allowed': 'You may not write here.',
  'not-authorized': 'You may not write here.',
  'not-acceptable': 'You are not in this room any more.',
  'registration-required': 'Only members may write here.',
  gone: 'This address is not in use any more.',
  redirect: 'This address is not in use any more.',
  'internal-server-error': 'Something went wrong at the other side. Try again later.',
  'jid-malformed': 'This is not a valid address.',
  'resource-constraint': 'The other side takes no more messages now.',
  'policy-violation': 'The server does not allow this message.',
  'too-large': 'The file is too large for this server.',
  'too-long': 'This message is longer than the server takes. Shorten it, or send it in parts.',
  upload: 'The file could not be uploaded.',
  unreadable: 'This browser cannot read the file any more. Attach it again.',
  'unknown-fate': 'Whether this message arrived cannot be found out any more. Ask, or send it again.',
  expired: 'It waited too long to be sent.',
};

/** What went wrong with the connection or a request, by `ChatErrorCode`. */
const errors = {
  offline: 'There is no connection at the moment.',
  timeout: 'The server did not answer in time. Please try again.',
  'not-authorized': 'The address or the password is not right.',
  insecure: 'This server offers no safe way to sign in, so nothing was sent to it.',
  'forged-server': 'The server could not prove who it is. Your password stayed here.',
  unreachable: 'The server cannot be reached. Check your connection and try again.',
  'stream-error': 'The server ended the connection.',
  registration: 'No guest account could be made just now. Please try again in a minute.',
  outdated: 'This page is older than another one that is open. Reload it.',
  storage: 'This browser could not keep the conversation. Free some space or leave private browsing, then try again.',
  invalid: 'This is not a valid XMPP address. It looks like name@example.org.',
  refused: 'The server refused this.',
};

export const en = {
  // Launcher and panel
  openChat: 'Open chat',
  closeChat: 'Close chat',
  withUnread: (label: string, unread: number): string => `${label}, ${count(unread, { one: '# unread message', other: '# unread messages' })}`,
  close: 'Close',
  back: 'Back',
  cancel: 'Cancel',
  save: 'Save',
  retry: 'Try again',
  more: 'More options',

  // Conversation
  messagesWith: (name: string): string => `Messages with ${name}`,
  message: 'Message',
  send: 'Send',
  attach: 'Attach a file',
  removeFile: 'Remove the file',
  you: 'You',
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Failed',
  typing: (names: string): string => `${names} is typing…`,
  typingMany: (names: string): string => `${names} are typing…`,
  newMessages: (n: number): string => count(n, { one: '# new message', other: '# new messages' }),
  toEnd: 'Go to the newest message',
  unreadFromHere: 'New messages',
  gap: 'Earlier messages are not here yet',
  gapFailed: 'They could not be fetched. Try again.',
  gapLost: 'The server no longer has what was said here',
  openGap: 'Load earlier messages',
  loadingOlder: 'Loading earlier messages',
  conversationStart: (name: string): string => `This is the beginning of your conversation with ${name}.`,
  roomStart: (name: string): string => `This is where ${name} begins.`,
  sayHello: 'Write the first message.',
  editAgain: 'Edit and send again',
  discard: 'Delete',
  fileTooLarge: (limit: string): string => `This file is too large. The server takes files up to ${limit}.`,
  noUpload: 'This server takes no files.',
  file: 'File',
  picture: 'Picture',
  download: (name: string): string => `Download ${name}`,
  showPicture: 'Show the picture',
  dropHere: 'Drop the file to attach it',
  invitedYou: (who: string, room: string): string => `${who} invites you to the room ${room}.`,
  joinRoomButton: 'Join',
  typingNow: 'typing…',
  notSent: 'Not sent',
  failureReason: (condition: string): string => pick(failures, condition, 'The server did not take this message.'),
  showMore: 'Show all',
  showLess: 'Show less',
  uploading: (share: string): string => `Uploading, ${share}`,
  pictureFrom: (host: string): string => `Show the picture from ${host}`,
  // Why nothing is kept, or why it was fetched again
  storageMended: 'What was stored in this browser was lost or damaged. Your messages are being fetched from the server again.',
  storageMemory: 'This browser cannot store messages at the moment. You can go on reading and writing; what only this page holds is gone when you close it.',
  storageNewer: 'A newer version of this chat was used in this browser. Reload the page. Until then nothing is stored here.',
  noticed: 'OK',
  couldNotSend: 'This could not be kept for sending. Your text is still here; try again.',
  newMessageFrom: (name: string, words: string): string => `${name}: ${words}`,

  // Presence
  available: 'Available',
  chatty: 'Happy to chat',
  away: 'Away',
  longAway: 'Away for a while',
  busy: 'Busy',
  notThere: 'Not online',

  // Connection
  online: 'Online',
  connecting: 'Connecting',
  offline: 'Offline',
  offlineDetail: 'Messages are sent as soon as you are connected again.',
  catchingUp: 'Catching up',
  refusedShort: 'Not connected',
  connectNow: 'Connect now',

  // Panel
  chat: 'Chat',
  startFailed: 'The chat could not be started',
  anonymousNote: 'You are here without an account: this conversation ends when you close the page.',
  guestNote: 'You are here as a guest. This browser keeps the conversation for your next visit.',
  signInNeeded: 'Sign in to chat',
  signInNeededDetail: 'This chat is for people who are signed in on this site. Sign in there, then come back.',
  chatEnded: 'The conversation has ended',
  chatEndedDetail: 'Nothing of it is kept in this browser.',
  startAgain: 'Start a new conversation',

  // Sign-in
  signIn: 'Sign in',
  signingIn: 'Signing in…',
  address: 'XMPP address',
  addressExample: 'name@example.org',
  password: 'Password',
  showPassword: 'Show the password',
  hidePassword: 'Hide the password',
  staySignedIn: 'Stay signed in on this device',
  addressNeeded: 'Write your XMPP address, like name@example.org.',
  passwordNeeded: 'Write your password.',
  errorWords: (code: string): string => pick(errors, code, 'Something went wrong. Please try again.'),
} as const satisfies Record<string, unknown>;

/** A catalogue's shape: the same keys, any words. The compiler sees that a language has them all. */
export type Shape<English> = { readonly [K in keyof English]: English[K] extends (...args: infer A) => string ? (...args: A) => string : string };
export type VisitorWords = Shape<typeof en>;
export type FailureWords = Shape<typeof failures>;
export type ErrorWords = Shape<typeof errors>;

/** All words of a language. The messenger's are there once it is fetched, before anything of it is drawn. */
export type Messages = VisitorWords & MessengerWords;
