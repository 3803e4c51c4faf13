/** What the messenger and the room say, fetched with them. */
import { counting } from './counting.js';
import type { Shape } from './en.js';
import { pick } from './pick.js';

const count = counting('en');

type Refusal = readonly [title: string, words: (room: string, nick: string) => string];

/** Why one is not in a room, by `RoomRefusal`: a heading, and what it means and what may be done. */
const refusals = {
  'nickname-conflict': ['This nickname is taken', (room, nick) => `Somebody in ${room} is called ${nick} already. Choose another nickname to join.`],
  'password-required': ['This room has a password', (room) => `Write the password of ${room} to join. Whoever invited you knows it.`],
  'members-only': ['This room is for its members', (room) => `${room} lets in only people on its list. Ask somebody who runs the room to add your address, then try again.`],
  banned: ['You are banned from this room', (room) => `Those who run ${room} have shut you out. You can write to one of them if you think that this is a mistake.`],
  full: ['This room is full', (room) => `${room} takes no more people now. Try again when somebody has left.`],
  'not-found': ['There is no such room', (room) => `${room} does not exist yet. Check the address, or create the room.`],
  'creation-refused': ['This room cannot be created', () => 'The server does not let you create rooms here. Ask whoever runs it, or join one that exists.'],
  'nickname-locked': ['Your nickname is fixed here', (room) => `${room} lets you in only under the nickname that is registered for you. Choose that one and try again.`],
  kicked: ['You were removed from this room', () => 'You can come back, unless you are removed again.'],
  'affiliation-lost': ['You are not a member any more', (room) => `${room} is for its members now. Ask somebody who runs the room to let you in again.`],
  destroyed: ['This room was closed', () => 'Those who ran it have closed it for good. What was said stays here for you to read.'],
  shutdown: ['The room’s server was stopped', () => 'It will probably be back in a few minutes. Try again then.'],
  unreachable: ['The room cannot be reached', () => 'Its server does not answer. Check the address, or try again in a minute.'],
  refused: ['The room did not let you in', () => 'It gave no reason. You can try again, or ask somebody who runs it.'],
} as const satisfies Record<string, Refusal>;
const refusal = (code: string): Refusal => pick<Refusal>(refusals, code, refusals.refused);

const roleGroups = { moderator: 'Moderators', participant: 'Participants', visitor: 'Visitors' };
const affiliations = { owner: 'Owner', admin: 'Admin', member: 'Member' };
const themes = { auto: 'Automatic', light: 'Light', dark: 'Dark' };

export const enMessenger = {
  // Messenger: what every pane has
  chats: 'Chats',
  conversations: 'Conversations',
  contacts: 'Contacts',
  rooms: 'Rooms',
  mainMenu: 'Sections',
  requestCount: (n: number): string => count(n, { one: '# request', other: '# requests' }),
  didNotWork: 'This did not work. Check the connection and try again.',
  remove: 'Remove',
  details: 'Details',
  closeDetails: 'Close the details',
  nothingFound: 'Nothing found',
  nothingFoundFor: (words: string): string => `There is nothing that matches “${words}”.`,
  optionsFor: (name: string): string => `Options for ${name}`,
  unreadMessages: (n: number): string => count(n, { one: '# unread message', other: '# unread messages' }),
  chooseConversation: 'Your conversations are here',
  chooseConversationHint: 'Choose one from the list, or begin a new one.',
  reloadForNew: 'Reload for the new version',
  newVersion: 'A new version is ready.',
  otherAccount: 'Another account',
  notifyMe: 'Notify me of new messages',
  signInAgain: 'The server does not accept your password any more.',

  // Conversations
  newConversation: 'New conversation',
  filterConversations: 'Search conversations',
  noConversations: 'No conversations yet',
  noConversationsHint: 'Write to somebody by their XMPP address, or wait for the first message to arrive here.',
  noMessagesYet: 'No messages yet',
  draft: 'Draft:',
  removeConversation: 'Remove the conversation',
  removeConversationWords: (name: string): string => `The conversation with ${name} goes from this list. What is kept on the server stays there and comes back with the next message.`,
  nameOrAddress: 'Name or XMPP address',
  addressHint: 'For example name@example.org.',
  notAnAddress: 'This is not an XMPP address. It looks like name@example.org.',
  startConversation: 'Start',
  shareTo: 'Send to…',
  suggestions: 'Suggestions',
  nickInRoom: (nick: string, room: string): string => `${nick} in ${room}`,
  writeTo: 'Write a message',

  // Contacts
  filterContacts: 'Search contacts',
  noContacts: 'No contacts yet',
  noContactsHint: 'Add the people you write to often, and see here when they are available.',
  addContact: 'Add a contact',
  alreadyContact: 'This address is in your contacts already.',
  contactName: 'Name (only you see it)',
  groups: 'Groups',
  groupsHint: 'More than one with commas between them.',
  noGroup: 'No group',
  renameAndGroup: 'Name and groups',
  removeContact: 'Remove the contact',
  removeContactWords: (name: string): string => `${name} goes from your contacts, and neither of you sees any more whether the other is available. The conversation stays.`,
  askForPresence: 'Ask to see when they are available',
  askForPresenceLong: 'Ask to see when they are available, and let them see when I am',
  askAgain: 'Ask again',
  presenceNotShared: 'Does not show their presence',
  waitingForAnswer: 'Has not answered your request yet',
  waitingForAnswerLong: 'You asked to see when they are available. They have not answered yet.',
  youDoNotSeeThem: 'They see when you are available; you do not see when they are.',
  noPresenceEitherWay: 'Neither of you sees when the other is available.',
  theyDoNotSeeYou: 'You see when they are available; they do not see when you are. They can ask for it.',
  devices: (n: number): string => count(n, { one: '# device', other: '# devices' }),
  requests: 'Want to see when you are available',
  answerTo: (name: string): string => `Answer to ${name}`,
  accept: 'Accept',
  acceptAndAdd: 'Accept and add',
  refuse: 'Refuse',

  // Oneself
  profile: 'Your profile',
  yourProfile: (name: string, presence: string): string => `Your profile: ${name}, ${presence}`,
  yourPresence: 'What others see',
  invisible: 'Invisible',
  statusText: 'Status text',
  statusHint: 'What are you up to?',
  tellRead: 'Let contacts see what you have read',
  theme: 'Appearance',
  themeName: (theme: string): string => pick(themes, theme, theme),
  language: 'Language',
  signOut: 'Sign out',
  signOutWords: 'Your conversations are deleted from this browser, on all its tabs. What your server keeps comes back when you sign in again. Messages that were not sent yet are lost.',

  // Rooms
  filterRooms: 'Search rooms',
  yourRooms: 'Your rooms',
  roomDirectory: 'Open rooms',
  refreshRooms: 'Look for rooms again',
  directoryFailed: 'The list of rooms could not be fetched. You can still join a room by its address.',
  directoryOffline: 'The list of rooms is shown when you are connected.',
  noOtherRooms: 'There are no other open rooms.',
  noRooms: 'No open rooms',
  noRoomsHint: 'Create a room, or join one by its address.',
  joinOrCreate: 'Join or create a room',
  joinByAddress: 'Join by address',
  createRoom: 'Create a room',
  roomName: 'Name or address of the room',
  roomAddress: 'Address of the room',
  roomAddressHint: (domain: string): string => (domain ? `A name alone is a room at ${domain}.` : 'For example room@rooms.example.org.'),
  notARoom: 'This is not the address of a room. It looks like room@rooms.example.org.',
  nickname: 'Nickname',
  guest: 'Guest',
  joined: 'Joined',
  kept: 'Kept',
  participants: 'Participants',
  participantsCount: (n: number): string => count(n, { one: '# participant', other: '# participants' }),
  closeParticipants: 'Close the participants',
  roleGroup: (role: string): string => pick(roleGroups, role, role),
  affiliation: (affiliation: string): string => pick(affiliations, affiliation, affiliation),
  writePrivately: 'Write privately',
  subject: 'Subject',
  changeSubject: 'Change the subject',
  subjectRefused: 'The room did not take the new subject. It may be for moderators only.',
  invite: 'Invite somebody',
  inviteReason: 'A few words (optional)',
  invitedWho: (who: string): string => `${who} was invited.`,
  keepRoom: 'Keep in my rooms',
  joinAtStart: 'Join at every start',
  leaveRoom: 'Leave the room',
  joiningRoom: (room: string): string => `Joining ${room}…`,
  notInRoom: 'You are not in this room now.',
  rejoin: 'Join again',
  visitorsMayNotWrite: 'You can only read here',
  askForVoice: 'Visitors read in this room. To write, ask a moderator for a voice.',
  roomPassword: 'Password of the room',
  wrongRoomPassword: 'This password is not right. Try again.',
  goToRoom: (room: string): string => `Go to ${room}`,
  refusalTitle: (code: string): string => refusal(code)[0],
  refusalWords: (code: string, room: string, nick: string): string => refusal(code)[1](room, nick),
} as const satisfies Record<string, unknown>;

export type MessengerWords = Shape<typeof enMessenger>;
export type RefusalWords = { readonly [K in keyof typeof refusals]: Refusal };
export type RoleWords = Shape<typeof roleGroups>;
export type AffiliationWords = Shape<typeof affiliations>;
export type ThemeWords = Shape<typeof themes>;
