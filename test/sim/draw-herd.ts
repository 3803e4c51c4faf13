// Draws docs/reconnection.svg: `node --import tsx test/sim/draw-herd.ts`. The same seed gives the same picture.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { perSecond, quantile, runHerd } from './herd.js';

const clients = 1_000;
const seed = 7;
const seconds = 60;
const [left, wide, high, gap] = [56, 720, 130, 62];

const panels: string[] = [];
let row = 0;
const text = (x: number, y: number, words: string, more = ''): string => `<text x="${x}" y="${y}" ${more}>${words}</text>`;

for (const [title, ending, away] of [
  ['The server is killed and there again at once', 'killed', 1],
  ['The server is killed and away for 10 s', 'killed', 10_000],
  ['The server says goodbye and is away for 10 s', 'goodbye', 10_000],
] as const) {
  const { attempts, back } = await runHerd({ clients, ending, away, seed });
  const top = 40 + row++ * (high + gap);
  const reached = perSecond(attempts.filter((attempt) => attempt.reached).map(({ at }) => at));
  const refused = perSecond(attempts.filter((attempt) => !attempt.reached).map(({ at }) => at));
  const scale = high / 400;
  const bar = (count: number, second: number, base: number, colour: string): string => (count === 0 || second >= seconds ? '' : `<rect x="${left + (second * wide) / seconds + 1}" y="${(top + high - (base + count) * scale).toFixed(1)}" width="${wide / seconds - 2}" height="${(count * scale).toFixed(1)}" fill="${colour}"/>`);
  const busiest = Math.max(...reached);
  panels.push(
    text(left, top - 12, `${title}: at most ${busiest} of ${clients} in one second; half are back after ${(quantile(back, 0.5) / 1000).toFixed(1)} s, all after ${(quantile(back, 1) / 1000).toFixed(1)} s`, 'font-weight="600"'),
    ...[0, 200, 400].map((count) => `<path d="M${left} ${top + high - count * scale}h${wide}" stroke="#8888" stroke-width="0.5"/>${text(left - 6, top + high - count * scale + 4, String(count), 'text-anchor="end"')}`),
    ...refused.map((count, second) => bar(count, second, 0, '#9aa5b1')),
    ...reached.map((count, second) => bar(count, second, refused[second] ?? 0, '#2b6cb0')),
    ...[0, 10, 20, 30, 40, 50, 60].map((second) => text(left + (second * wide) / seconds, top + high + 16, String(second), 'text-anchor="middle"')),
  );
  console.log(title, { busiest, bins: reached.join(' ') });
}
const blink = (await runHerd({ clients: 400, ending: 'blink', away: 0, seed })).back;
const height = 40 + 3 * (high + gap) + 20;
const note = `One line alone that breaks while the server stays: half are back after ${(quantile(blink, 0.5) / 1000).toFixed(1)} s, all after ${(quantile(blink, 1) / 1000).toFixed(1)} s.`;
console.log(note);
writeFileSync(
  fileURLToPath(new URL('../../docs/reconnection.svg', import.meta.url)),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + wide + 24} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Connection attempts of ${clients} clients in each second after a server's end">
<rect width="100%" height="100%" fill="#fff"/>
${panels.filter(Boolean).join('\n')}
${text(left, height - 34, 'Connection attempts in each second after the end (seconds below); grey: refused, blue: taken.')}
${text(left, height - 14, note)}
</svg>
`,
);
