import type { ApplyTable } from '../archive/archive-types.js';
import type { XepModule } from '../xep/module.js';

/** The folds of all modules in one table. Two modules that fold the same kind are a fault of the registry. */
export function applyTable(modules: readonly XepModule[]): ApplyTable {
  const table: Record<string, unknown> = {};
  for (const { apply = {}, xep } of modules) {
    for (const [kind, fold] of Object.entries(apply)) {
      if (kind in table) throw new Error(`XEP-${xep} folds "${kind}" as another module does`);
      table[kind] = fold;
    }
  }
  return table as ApplyTable;
}
