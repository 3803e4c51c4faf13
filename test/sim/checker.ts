/** What must hold of every history, whatever went wrong in it. Pure: a record in, violations out. */
import type { Archived, DeviceEnd, Event, HistoryRecord, Line } from './record.js';

const isMessage = (line: Line): line is Exclude<Line, { gap: number }> => !('gap' in line);
const list = (bodies: Iterable<string>): string => Array.from(bodies).slice(0, 8).join(', ');

/** A fault after which the server itself may have one message of ours twice: nobody can know that the first came through. */
const doubling = 'mam-purged';
/** After these alone the server tells what it has of us (XEP-0198), so that it needs no archive to know. */
const telling = new Set(['cut', 'sm-resume-failed-h', 'wake', 'flush-twice']);

export function check(record: HistoryRecord): string[] {
  return [
    ...broken(record),
    ...notLost(record),
    ...sentMeansSent(record),
    ...onceOnServer(record),
    ...firstInFirstOut(record),
    ...outboxSaysWhy(record),
    ...record.devices.flatMap((device) => onDevice(record, device)),
    ...acknowledgedIsKept(record),
    ...converged(record),
  ];
}

const eventsOf = <K extends Event['kind']>({ events }: HistoryRecord, kind: K): Extract<Event, { kind: K }>[] => events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);
const bodiesOf = (lines: readonly Line[]): string[] => lines.filter(isMessage).map(({ body }) => body);

const broken = (record: HistoryRecord): string[] => eventsOf(record, 'broken').map(({ what }) => `broken: ${what}`);

/** Every write that was kept is with the server, or its device says why not, or its person took it back. */
function notLost(record: HistoryRecord): string[] {
  const accepted = new Set(eventsOf(record, 'accepted').map(({ body }) => body));
  const given = discarded(record);
  const waiting = new Set(record.devices.flatMap(({ outbox }) => outbox.map(({ body }) => body)));
  const lost = eventsOf(record, 'write').filter(({ outcome, body }) => outcome === 'ok' && !accepted.has(body) && !given.has(body) && !waiting.has(body));
  return lost.map(({ device, body }) => `lost: ${body} was kept on ${device}, and the server never got it`);
}

/** Nothing is shown as sent before the server has it, nor as delivered before its recipient has. */
function sentMeansSent({ events }: HistoryRecord): string[] {
  // Who has read a later message is taken to have read those before it (XEP-0333); of a bounce only the device that wrote knows.
  const bounces = events.some((event) => event.kind === 'fault' && event.fault === 'bounce');
  const accepted = new Set<string>();
  const received = new Set<string>();
  const wrong = new Set<string>();
  for (const event of events) {
    if (event.kind === 'accepted') accepted.add(event.body);
    else if (event.kind === 'received') received.add(event.body);
    else if (event.kind === 'shown' && (event.delivery === 'delivered' || (event.delivery === 'read' && !bounces)) && !received.has(event.body)) wrong.add(`false "${event.delivery}": ${event.body} on ${event.device}, which nobody has received`);
    else if (event.kind === 'shown' && ['sent', 'delivered', 'read'].includes(event.delivery) && !accepted.has(event.body)) wrong.add(`false "${event.delivery}": ${event.body} on ${event.device}, which the server has not got`);
  }
  return [...wrong];
}

function onceOnServer(record: HistoryRecord): string[] {
  const faults = eventsOf(record, 'fault').map(({ fault }) => fault);
  if (record.archives ? faults.includes(doubling) : !faults.every((fault) => telling.has(fault))) return [];
  // Sent again because a person wanted it; or because it was still on a connection that was given up (the tab that had it is frozen,
  // its bytes are stuck) when the archive was asked on the next. Without a resumption, which ends the older one, nothing tells of it.
  const excused = new Set([...eventsOf(record, 'retry'), ...eventsOf(record, 'overtaken')].map(({ body }) => body));
  return Object.entries(record.server).flatMap(([conversation, items]) => twice(items.map(({ body }) => body)).filter((body) => !excused.has(body)).map((body) => `twice on the server: ${body} in ${conversation}`));
}

function twice(bodies: readonly string[]): string[] {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const body of bodies) {
    if (seen.has(body)) doubled.add(body);
    seen.add(body);
  }
  return [...doubled];
}

/** What one device wrote in one conversation is with the server in that order. */
function firstInFirstOut(record: HistoryRecord): string[] {
  // A refusal that is lost with its stream: those behind it have arrived, and it is sent again.
  const excused = new Set([...eventsOf(record, 'retry'), ...eventsOf(record, 'discard'), ...eventsOf(record, 'refused')].map(({ body }) => body));
  const failed = new Set(eventsOf(record, 'shown').filter(({ delivery }) => delivery === 'failed').map(({ body }) => body));
  const written = eventsOf(record, 'write').filter(({ outcome, body, row }) => outcome === 'ok' && row !== undefined && !excused.has(body) && !failed.has(body));
  const groups = new Map<string, typeof written>();
  for (const event of written) {
    const group = `${event.device} in ${event.conversation}`;
    groups.set(group, [...(groups.get(group) ?? []), event]);
  }
  return Array.from(groups).flatMap(([group, writes]) => {
    const order = writes.toSorted((a, b) => a.row! - b.row!).map(({ body }) => body);
    const server = new Map<string, number>();
    (record.server[writes[0]!.conversation] ?? []).forEach(({ body }, i) => server.has(body) || server.set(body, i));
    const there = order.filter((body) => server.has(body));
    const wrong = there.find((body, i) => i > 0 && server.get(body)! < server.get(there[i - 1]!)!);
    return wrong === undefined ? [] : [`overtaken on the server: ${wrong} of ${group}`];
  });
}

const outboxSaysWhy = ({ devices }: HistoryRecord): string[] => devices.flatMap(({ device, outbox }) => outbox.filter(({ state }) => state !== 'failed').map(({ body, state }) => `stuck: ${body} is ${state} in the outbox of ${device}`));

/** After these a device cannot know by itself that it lacks something, until it begins anew or the room answers a ping. */
export const unnoticed: ReadonlySet<string> = new Set(['live-lost', 'carbon-missing', 'offline-late', 'room-forgets', 'room-kick', 'room-service-restart', 'room-echo-lost', 'sm-replays-all']);

const discarded = (record: HistoryRecord, device?: string): Set<string> =>
  new Set(eventsOf(record, 'discard').filter((event) => event.outcome !== 'fail' && (device === undefined || event.device === device)).map(({ body }) => body));

function onDevice(record: HistoryRecord, { device, alone, shown, opened }: DeviceEnd): string[] {
  return Object.keys({ ...record.server, ...shown }).flatMap((conversation) => {
    const items = record.server[conversation] ?? [];
    const where = `on ${device} in ${conversation}`;
    // What lies before the oldest message that was not thrown away is for nobody to fetch.
    const purged = eventsOf(record, 'fault').some(({ fault }) => fault === 'mam-purged');
    const known = new Set([...items.map(({ body }) => body), ...record.events.flatMap((event) => (event.kind === 'write' ? [event.body] : []))]);
    const wrong = [
      // Nobody but the server and the person here can have said anything.
      ...bodiesOf(opened[conversation] ?? []).filter((body) => !known.has(body)).map((body) => `forged ${where}: ${body}`),
      ...twice(bodiesOf(shown[conversation] ?? [])).map((body) => `twice ${where}: ${body}`),
      ...twice(bodiesOf(opened[conversation] ?? [])).map((body) => `twice ${where}, gaps opened: ${body}`),
    ];
    if (!record.archives) return wrong;
    // What came back to its writer is in the archive all the same, and was taken away here by a person: nobody fetches it again.
    const deleted = discarded(record, device);
    const wanted = items.filter(({ body }) => !deleted.has(body));
    const noticed = !eventsOf(record, 'fault').some(({ fault }) => unnoticed.has(fault));
    return [
      ...wrong,
      ...(noticed ? holes(alone[conversation] ?? [], wanted).map((what) => `silent hole ${where}, left alone: ${what}`) : []),
      ...inOrder(shown[conversation] ?? [], items).map((what) => `out of order ${where}: ${what}`),
      ...inOrder(opened[conversation] ?? [], items).map((what) => `out of order ${where}, gaps opened: ${what}`),
      ...holes(shown[conversation] ?? [], wanted).map((what) => `silent hole ${where}: ${what}`),
      ...missing(opened[conversation] ?? [], wanted, purged).map((what) => `missing ${where}, gaps opened: ${what}`),
    ];
  });
}

const firstPlaces = (items: readonly Archived[]): Map<string, number> => {
  const places = new Map<string, number>();
  items.forEach(({ body, held }, i) => held && !places.has(body) && places.set(body, i));
  return places;
};

/** What the archive holds stands in the archive's order. */
function inOrder(lines: readonly Line[], items: readonly Archived[]): string[] {
  const places = firstPlaces(items);
  const there = bodiesOf(lines).filter((body) => places.has(body));
  return there.flatMap((body, i) => (i > 0 && places.get(body)! < places.get(there[i - 1]!)! ? [`${body} after ${there[i - 1]}`] : []));
}

/** Between two messages that are shown without a gap, nothing of the archive is missing; nor after the last. */
function holes(lines: readonly Line[], items: readonly Archived[]): string[] {
  const places = firstPlaces(items);
  const shown = new Set(bodiesOf(lines));
  const held = Array.from(places.keys());
  const found: string[] = [];
  let last: string | undefined;
  let gap = false;
  const look = (from: string | undefined, to: string | undefined): void => {
    const start = from === undefined ? 0 : held.indexOf(from) + 1;
    const end = to === undefined ? held.length : held.indexOf(to);
    const lacking = held.slice(start, Math.max(start, end)).filter((body) => !shown.has(body));
    if (lacking.length > 0) found.push(`${list(lacking)} between ${from ?? 'the beginning'} and ${to ?? 'the end'}`);
  };
  for (const line of lines) {
    if (!isMessage(line)) gap = true;
    else if (places.has(line.body)) {
      if (!gap) look(last, line.body);
      last = line.body;
      gap = false;
    }
  }
  if (!gap) look(last, undefined);
  return found;
}

function missing(lines: readonly Line[], items: readonly Archived[], purged: boolean): string[] {
  const shown = new Set(bodiesOf(lines));
  const lacking = Array.from(firstPlaces(items).keys()).filter((body) => !shown.has(body));
  return [...(lacking.length > 0 ? [list(lacking)] : []), ...(purged || lines.every(isMessage) ? [] : ['a gap that cannot be closed'])];
}

/** What a device said to have, it has. */
function acknowledgedIsKept(record: HistoryRecord): string[] {
  // A server that sends again what it was told not to counts wrongly from then on.
  if (!record.archives && eventsOf(record, 'fault').some(({ fault }) => fault === 'sm-replays-all')) return [];
  return record.devices.flatMap(({ device, opened }) => {
    const lacking = eventsOf(record, 'acknowledged').filter((event) => event.device === device && !bodiesOf(opened[event.conversation] ?? []).includes(event.body));
    // What was purged may be fetched by nobody.
    const held = lacking.filter(({ conversation, body }) => (record.server[conversation] ?? []).some((item) => item.body === body && item.held));
    return held.map(({ body, conversation }) => `acknowledged and lost: ${body} in ${conversation} on ${device}`);
  });
}

/** Once everybody has caught up and looked, all devices show the same. */
function converged(record: HistoryRecord): string[] {
  if (!record.archives) return [];
  return Object.entries(record.server).flatMap(([conversation, items]) => {
    const deleted = discarded(record);
    const held = new Set(items.filter((item) => item.held && !deleted.has(item.body)).map(({ body }) => body));
    const views = record.devices.map(({ device, opened }) => [device, bodiesOf(opened[conversation] ?? []).filter((body) => held.has(body)).join(' ')] as const);
    const [first, ...others] = views;
    return others.filter(([, view]) => view !== first![1]).map(([device]) => `${device} and ${first![0]} do not agree in ${conversation}`);
  });
}
