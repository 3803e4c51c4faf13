import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'puppeteer-core';
import type { Person } from './person.js';

/** Of /proc/PID/stat, after the command's name: parent, and time spent in the process's own code. */
function statOf(pid: number): { readonly parent: number; readonly busy: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), busy: Number(fields[11]) };
  } catch {
    return undefined; // gone meanwhile
  }
}

function familyOf(root: number): number[] {
  const all = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    return stat ? [[Number(name), stat.parent] as const] : [];
  });
  const family: number[] = [];
  for (let generation = [root]; generation.length > 0; family.push(...generation)) generation = all.flatMap(([pid, parent]) => (generation.includes(parent) ? [pid] : []));
  return family;
}

/** The process that runs a page: the one that gets busy when the page does. Browsers do not tell. */
export async function processOf(person: Person, page: Page): Promise<number> {
  const family = familyOf(person.browser.process()?.pid ?? 0);
  const before = new Map(family.map((pid) => [pid, statOf(pid)?.busy ?? 0]));
  await page.evaluate(() => {
    for (const end = performance.now() + 400; performance.now() < end; );
  });
  const busier = (pid: number): number => (statOf(pid)?.busy ?? 0) - (before.get(pid) ?? 0);
  const [pid] = family.toSorted((a, b) => busier(b) - busier(a));
  if (!pid) throw new Error('No process of this browser is known: /proc is needed.');
  return pid;
}
