declare module '@xmpp/xml/lib/parse.js' {
  export default function parse(xml: string): unknown;
}
