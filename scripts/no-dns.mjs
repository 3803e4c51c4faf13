// Stands in for node:dns, which @xmpp/resolve imports and no browser has.
export default undefined;
