/** Every word the view says. A language is a file like this one; the compiler sees that it is complete. */
const plural = new Intl.PluralRules('en');
const count = (n: number, one: string, other: string): string => `${n} ${plural.select(n) === 'one' ? one : other}`;

export const en = {
  // Launcher and panel
  openChat: 'Open chat',
  closeChat: 'Close chat',
  withUnread: (label: string, unread: number): string => `${label}, ${count(unread, 'unread message', 'unread messages')}`,
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
  newMessages: (n: number): string => count(n, 'new message', 'new messages'),
  toEnd: 'Go to the newest message',
  unreadFromHere: 'New messages',
  gap: 'Earlier messages are not here yet',
  openGap: 'Load earlier messages',
  loadingOlder: 'Loading earlier messages',
  conversationStart: (name: string): string => `This is the beginning of your conversation with ${name}.`,
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
} as const satisfies Record<string, unknown>;

/** The catalogue's shape: the same keys, any words. */
export type Messages = { readonly [K in keyof typeof en]: (typeof en)[K] extends (...args: infer A) => string ? (...args: A) => string : string };
