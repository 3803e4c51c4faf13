// The wire library ships no types and the ones made for it bring Node's globals along; this is all that is used of it.
declare module '@xmpp/xml' {
  export class Element {
    constructor(name: string, attrs?: Record<string, string | undefined> | string);
    name: string;
    attrs: Record<string, string | undefined>;
    parent: Element | null;
    children: (Element | string)[];
    is(name: string, xmlns?: string): boolean;
    getName(): string;
    getNS(): string | undefined;
    getChild(name: string, xmlns?: string): Element | undefined;
    getChildren(name: string, xmlns?: string): Element[];
    getChildText(name: string, xmlns?: string): string | null;
    text(): string;
    append(...nodes: (Element | string | undefined)[]): void;
    remove(name: Element | string, xmlns?: string): this;
    c(name: string, attrs?: Record<string, string | undefined>): Element;
    t(text: string): this;
    up(): Element;
    clone?(): Element;
    toString(): string;
  }
  type Child = Element | string | number | undefined | null | false | readonly Child[];
  export function xml(name: string, attrs?: Record<string, string | number | undefined> | string | null, ...children: Child[]): Element;
  export default xml;
  export class Parser {
    cursor: Element | null;
    root: Element | null;
    on(type: string, listener: (...args: never[]) => void): this;
    emit(type: string, ...args: unknown[]): boolean;
    write(data: string): void;
    end(data?: string): void;
  }
  export class XMLError extends Error {}
  export function escapeXML(text: string): string;
}
