/* oxlint-disable no-unused-vars -- the caller uses them */
// Runs in the page, as text. Finds what assistive technology would: by role and name, through shadow roots and slots.
// The caller wraps it into a function of `role` (or several, with | between them), `name` (text, or { source, flags } of a pattern, or null) and `within`.
const implicit = {
  A: (e) => (e.hasAttribute('href') ? 'link' : undefined), ARTICLE: () => 'article', BUTTON: () => 'button', DIALOG: () => 'dialog', FORM: () => 'form',
  H1: () => 'heading', H2: () => 'heading', H3: () => 'heading', H4: () => 'heading', IMG: (e) => (e.getAttribute('alt') === '' ? 'presentation' : 'img'),
  LI: () => 'listitem', MAIN: () => 'main', NAV: () => 'navigation', ASIDE: () => 'complementary', OL: () => 'list', UL: () => 'list', OUTPUT: () => 'status', PROGRESS: () => 'progressbar',
  SELECT: () => 'combobox', TEXTAREA: () => 'textbox', SUMMARY: () => 'button', OPTION: () => 'option', HEADER: () => 'banner', SECTION: () => 'region',
  INPUT: (e) => ({ button: 'button', submit: 'button', reset: 'button', checkbox: 'checkbox', radio: 'radio', range: 'slider', search: 'searchbox', number: 'spinbutton', hidden: undefined }[e.type] ?? (e.type === 'hidden' || e.type === 'file' ? undefined : e.hasAttribute('list') ? 'combobox' : 'textbox')),
};
const named = new Set(['button', 'link', 'heading', 'option', 'tab', 'menuitem', 'menuitemradio', 'menuitemcheckbox', 'checkbox', 'radio', 'switch', 'article', 'listitem', 'status', 'alert', 'row', 'cell', 'treeitem', 'tooltip']);
const roleOf = (element) => element.getAttribute('role')?.trim().split(/\s+/)[0] ?? element.role ?? implicit[element.tagName]?.(element);
const visible = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert]');
const hidden = (element) => element.getAttribute('aria-hidden') === 'true';
const childrenOf = (node) => (node.shadowRoot ? [...node.shadowRoot.childNodes] : node.tagName === 'SLOT' && node.assignedNodes().length > 0 ? node.assignedNodes() : [...node.childNodes]);
const tidy = (text) => text.replace(/\s+/g, ' ').trim();
const textOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || ['STYLE', 'SCRIPT', 'TEMPLATE'].includes(node.tagName) || hidden(node)) return '';
  const label = node.getAttribute('aria-label');
  if (label) return ` ${label} `;
  if (node.tagName === 'IMG') return ` ${node.alt} `;
  const text = childrenOf(node).map(textOf).join('');
  return getComputedStyle(node).display.startsWith('inline') ? text : ` ${text} `;
};
// What a person sees of it, labels of landmarks and all that stands in them.
const shownOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || ['STYLE', 'SCRIPT', 'TEMPLATE'].includes(node.tagName) || (!visible(node) && getComputedStyle(node).display !== 'contents')) return '';
  const text = `${node.getAttribute('aria-label') ?? ''} ${node.value ?? ''} ${childrenOf(node).map(shownOf).join('')}`;
  return getComputedStyle(node).display.startsWith('inline') ? text : ` ${text} `;
};
const focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return `${element?.tagName.toLowerCase()} ${element?.getAttribute('aria-label') ?? ''}`;
};
const nameOf = (element, role) => {
  const labelled = element.getAttribute('aria-labelledby')?.split(/\s+/).map((id) => element.getRootNode().getElementById(id)).filter(Boolean) ?? [];
  const by = labelled.length > 0 ? labelled : element.ariaLabelledByElements ?? [];
  if (by.length > 0) return tidy(by.map(textOf).join(' '));
  const label = element.getAttribute('aria-label') ?? element.ariaLabel;
  if (label) return tidy(label);
  if (element.labels?.length) return tidy([...element.labels].map(textOf).join(' '));
  if (element.tagName === 'IMG') return element.alt;
  const text = named.has(role) ? tidy(textOf(element)) : '';
  return text || element.title || element.placeholder || '';
};
const walk = function* (node) {
  for (const child of childrenOf(node)) {
    if (child.nodeType !== Node.ELEMENT_NODE || hidden(child)) continue;
    yield child;
    yield* walk(child);
  }
};
const matches = (element) => {
  const itsRole = roleOf(element);
  if (!role.split('|').includes(itsRole) || !visible(element)) return false;
  if (name === null) return true;
  const own = nameOf(element, itsRole);
  return typeof name === 'string' ? own === name : new RegExp(name.source, name.flags).test(own);
};
const find = () => [...walk(within ?? document)].filter(matches);
