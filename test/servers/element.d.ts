/** What the tests use of the wire library's elements, which come without types. */
export interface Element {
  readonly attrs: Readonly<Record<string, string>>;
  getName(): string;
  is(name: string, xmlns?: string): boolean;
  getText(): string;
  getChild(name: string, xmlns?: string): Element | undefined;
  getChildren(name: string): Element[];
  getChildElements(): Element[];
  getChildText(name: string): string | null;
  toString(): string;
}
