// The import table of the design is enforced by the linter, and the page is out of reach in src/: shown by breaking each rule.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';

const root = fileURLToPath(new URL('../..', import.meta.url));
const above = /** @param {readonly string[]} folders */ (folders) => folders.map((folder) => `../${folder}/thing.js`);
const all = ['base', 'model', 'xmpp', 'xep', 'archive', 'engine', 'client'];
const libraries = ['@xmpp/client', '@xmpp/xml', 'idb', 'lit', 'lit/decorators.js', 'node:fs'];

/** What a file may import, and what it may not: everything in `all` and `libraries` that is not named as allowed. */
const table = [
  { file: 'src/base/a.ts', may: [] },
  { file: 'src/model/a.ts', may: above(['base']) },
  { file: 'src/xmpp/a.ts', may: [...above(['base']), '@xmpp/client', '@xmpp/xml'] },
  { file: 'src/xep/a.ts', may: above(['base', 'model', 'xmpp']) },
  { file: 'src/archive/a.ts', may: [...above(['base', 'model']), 'idb'] },
  { file: 'src/engine/a.ts', may: [...above(['base', 'model', 'xmpp', 'xep', 'archive']), '../client/bus.js'] },
  { file: 'src/client/a.ts', may: above(['base', 'model', 'archive']) },
].map(({ file, may }) => ({
  file,
  may: ['./other.js', ...may],
  not: [...above(all.filter((folder) => folder !== file.split('/')[1])), ...libraries, '../../components/x/x.js', '../../embed/embed.js', '../thing.js'].filter((name) => !may.includes(name)),
}));
table.push(
  {
    file: 'components/chat/a.ts',
    may: ['./other.js', '../shared/x.js', 'lit', 'lit/decorators.js', '@lit/context', '../../src/client/thing.js', '../../src/base/thing.js'],
    not: ['../../src/model/thing.js', '../../src/xmpp/thing.js', '../../src/xep/thing.js', '../../src/archive/thing.js', '../../src/engine/thing.js', '../../src/engine-worker.js', '../../embed/embed.js', '@xmpp/client', '@xmpp/xml', 'idb', 'fake-indexeddb'],
  },
  { file: 'embed/a.ts', may: ['./other.js'], not: ['../src/base/thing.js', '../src/client/thing.js', '../components/x/x.js', '@xmpp/client', 'idb', 'lit'] },
);

/** @param {string} specifier */
const forms = (specifier) => [
  `import { thing } from '${specifier}'; thing();`,
  `import '${specifier}';`,
  `export { thing } from '${specifier}';`,
  `export * from '${specifier}';`,
  `void import('${specifier}');`,
];

describe('the rules of the house', () => {
  /** @type {string} */
  let house;
  before(() => {
    house = mkdtempSync(join(tmpdir(), 'tertulia-lint-'));
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'src/tsconfig.json']) {
      mkdirSync(dirname(join(house, file)), { recursive: true });
      cpSync(join(root, file), join(house, file));
    }
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
  });
  after(() => rmSync(house, { recursive: true, force: true }));

  /**
   * Lints sources in one run; the rules that each file breaks, by file.
   * @param {Readonly<Record<string, string>>} sources
   */
  const lint = (sources) => {
    for (const [file, source] of Object.entries(sources)) {
      mkdirSync(dirname(join(house, file)), { recursive: true });
      writeFileSync(join(house, file), `${source}\n`);
    }
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json', ...Object.keys(sources)], { cwd: house, encoding: 'utf8' });
    /** @type {{ diagnostics: { code: string, filename: string }[] }} */
    const { diagnostics } = JSON.parse(stdout);
    for (const file of Object.keys(sources)) rmSync(join(house, file));
    return (/** @type {string} */ file) => diagnostics.filter(({ filename }) => filename.endsWith(file)).map(({ code }) => code);
  };
  /** @param {string} file @param {number} i */
  const numbered = (file, i) => file.replace('a.ts', `a${i}.ts`);

  for (const { file, may, not } of table) {
    it(`${dirname(file)} imports only what it may`, () => {
      const allowed = may.flatMap(forms);
      const forbidden = not.flatMap(forms);
      const sources = [...allowed, ...forbidden];
      const broken = lint(Object.fromEntries(sources.map((source, i) => [numbered(file, i), source])));
      const restricted = (/** @type {number} */ i) => broken(numbered(file, i)).some((code) => code.includes('no-restricted-imports'));
      assert.deepEqual(allowed.filter((_source, i) => restricted(i)), [], 'allowed, but caught');
      assert.deepEqual(forbidden.filter((_source, i) => !restricted(allowed.length + i)), [], 'forbidden, but let through');
    });
  }

  it('lets components import the types of src/model, and the engine those of src/client', () => {
    const uses = {
      'components/chat/types.ts': "import type { MessageRow } from '../../src/model/message.js';\nexport type Row = MessageRow;",
      'src/engine/types.ts': "import type { Commands } from '../client/bus.js';\nexport type All = Commands;",
    };
    const broken = lint(uses);
    for (const file of Object.keys(uses)) assert.deepEqual(broken(file), [], file);
  });

  it('keeps the page out of src/, by the linter and by the compiler', () => {
    const uses = { 'src/engine/page.ts': 'export const title = (): string => document.title;', 'src/engine/store.ts': "export const kept = (): unknown => localStorage.getItem('x');" };
    const broken = lint(uses);
    for (const file of Object.keys(uses)) assert.ok(broken(file).some((code) => code.includes('no-restricted-globals')), file);
    writeFileSync(join(house, 'src/page.ts'), Object.values(uses).join('\n'));
    const { stdout, status } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'src'], { cwd: house, encoding: 'utf8' });
    rmSync(join(house, 'src/page.ts'));
    assert.notEqual(status, 0);
    assert.match(stdout, /Cannot find name 'document'/);
    assert.match(stdout, /Cannot find name 'localStorage'/);
  });

  it('lets no HTML be made of text, and nothing be run that was text', () => {
    const uses = {
      'components/chat/inner.ts': "export const show = (element: HTMLElement, text: string): void => { element.innerHTML = text; };",
      'components/chat/unsafe.ts': "import { unsafeHTML } from 'lit/directives/unsafe-html.js';\nexport const show = unsafeHTML;",
      'src/engine/eval.ts': "export const run = (text: string): unknown => eval(text);",
      'embed/insert.ts': "export const show = (element: HTMLElement, text: string): void => element.insertAdjacentHTML('beforeend', text);",
    };
    const broken = lint(uses);
    for (const file of Object.keys(uses)) assert.notDeepEqual(broken(file), [], file);
  });
});
