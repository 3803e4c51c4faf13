/** Who is there, resource by resource, understood as one person each (RFC 6121 §4.7). Live topic `presence`. */
import { bareJid, resourceOf } from '../base/jid.js';
import type { PresenceView, Show } from '../model/contact.js';
import { perSession } from './session-state.js';
import type { XepContext } from './module.js';

/** More than anybody has; keeps one address from filling the memory. */
const maxResources = 64;
/** People who are no contacts and tell us of their presence all the same. */
const maxStrangers = 500;

type Resource = { readonly show: Show; readonly status?: string; readonly priority: number; readonly order: number };
type Person = { readonly stranger: boolean; readonly resources: Map<string, Resource> };

const states = perSession(() => ({ people: new Map<string, Person>(), strangers: 0, order: 0 }));
const availability: Readonly<Record<Show, number>> = { chat: 5, available: 4, away: 3, xa: 2, dnd: 1, offline: 0 };

export const isPresent = (ctx: XepContext, full: string): boolean => states.of(ctx).people.get(bareJid(full))?.resources.has(resourceOf(full)) ?? false;
/** Whether any resource of somebody is known. */
export const isAnywhere = (ctx: XepContext, bare: string): boolean => states.of(ctx).people.has(bare);

/** A resource is there, or is there in another way. */
export function addResource(ctx: XepContext, from: string, resource: Omit<Resource, 'order'>, stranger: boolean): void {
  const state = states.of(ctx);
  const bare = bareJid(from);
  let person = state.people.get(bare);
  if (!person) {
    if (stranger && state.strangers >= maxStrangers) return;
    if (stranger) state.strangers++;
    state.people.set(bare, (person = { stranger, resources: new Map() }));
  }
  if (person.resources.size >= maxResources && !person.resources.has(resourceOf(from))) return;
  person.resources.set(resourceOf(from), { ...resource, order: ++state.order });
  show(ctx, bare);
}

/** A resource has gone; with a bare JID, all of them. */
export function removeResource(ctx: XepContext, from: string): void {
  const state = states.of(ctx);
  const bare = bareJid(from);
  const person = state.people.get(bare);
  if (!person) return;
  if (resourceOf(from) === '') person.resources.clear();
  else person.resources.delete(resourceOf(from));
  if (person.resources.size === 0) {
    state.people.delete(bare);
    if (person.stranger) state.strangers--;
  }
  show(ctx, bare);
}

/** The session is over: nobody is seen any more. */
export function clearResources(ctx: XepContext): void {
  for (const bare of states.of(ctx).people.keys()) ctx.live.set('presence', bare, undefined);
  states.drop(ctx);
}

/** Highest priority, then most available, then latest (§4.7.2.3 leaves the order among equals to us). */
const isBetter = (a: Resource, b: Resource): boolean =>
  (a.priority - b.priority || availability[a.show] - availability[b.show] || a.order - b.order) > 0;

function best(person: Person | undefined): readonly [name: string, resource: Resource] | undefined {
  let found: readonly [string, Resource] | undefined;
  for (const each of person?.resources ?? []) if (!found || isBetter(each[1], found[1])) found = each;
  return found;
}

/** The best available resource of somebody as a full JID, for what can go to one device only. */
export function bestResource(ctx: XepContext, bare: string): string | undefined {
  const found = best(states.of(ctx).people.get(bare));
  return found && (found[0] === '' ? bare : `${bare}/${found[0]}`);
}

function show(ctx: XepContext, bare: string): void {
  const person = states.of(ctx).people.get(bare);
  const [, resource] = best(person) ?? [];
  const view: PresenceView | undefined = resource && { show: resource.show, ...(resource.status ? { status: resource.status } : {}), resources: person?.resources.size ?? 0 };
  const now = ctx.live.get('presence', bare);
  if (now?.show !== view?.show || now?.status !== view?.status || now?.resources !== view?.resources) ctx.live.set('presence', bare, view);
}
