import { lazily } from '../../../src/base/lazily.js';

/** A count's words by plural category; `#` stands for the number. A category that a language tells apart has its own. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** Says counts in a language, whose rules are the browser's. */
export function counting(tag: string): (n: number, forms: PluralForms) => string {
  const rules = lazily(() => new Intl.PluralRules(tag));
  return (n, forms) => (forms[rules().select(n)] ?? forms.other).replace('#', String(n));
}
