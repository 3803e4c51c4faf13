// Stands in for node:dns, which @xmpp/resolve imports and no browser has.
// oxlint-disable-next-line import/no-default-export -- that one takes the default export
export default undefined;
