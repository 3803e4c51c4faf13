// As a classic script: it exports nothing to modules and puts itself on the window.
import 'axe-core';
import type { AxeResults, RunOptions } from 'axe-core';

const { axe } = globalThis as unknown as { axe: { run(root: Element, options: RunOptions): Promise<AxeResults> } };

/** What axe finds wrong under an element, one line each; empty where nothing is. WCAG 2.2 A and AA, and best practices that are no page's affair. */
export async function violations(root: Element): Promise<string[]> {
  const { violations: found } = await axe.run(root, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
    rules: {
      // A view is a part of a page: landmarks and the page's first heading are the page's.
      region: { enabled: false },
      'page-has-heading-one': { enabled: false },
    },
    resultTypes: ['violations'],
  });
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary ?? ''}`.replaceAll(/\s+/g, ' ')));
}
