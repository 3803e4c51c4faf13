/** Registers a tag once; a second copy of the bundle on a page finds the first and leaves it be. */
export function define(tag: `tertulia-${string}`, element: CustomElementConstructor): void {
  if (!customElements.get(tag)) customElements.define(tag, element);
}
