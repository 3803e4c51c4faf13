// Stands in for @xmpp/xml's parser (and for Node's EventEmitter under it): frames are read by src/xmpp/frame.ts, and of the
// wire library only the element builder goes into a bundle.
// oxlint-disable-next-line import/no-default-export -- that one is a default export
export default class Parser {}
