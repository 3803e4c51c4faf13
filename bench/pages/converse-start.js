// Starts the peer with the settings in the address, and lets the measurements look at what it holds.
const { converse } = globalThis;
converse.plugins.add('bench', {
  initialize() {
    globalThis.peer = this._converse;
    this._converse.api.listen.on('connected', () => {
      globalThis.peerConnected ??= globalThis.bench.now();
    });
  },
});
converse.initialize({
  assets_path: './converse/',
  view_mode: 'fullscreen',
  theme: 'default',
  // We have no end-to-end encryption yet: so neither of the two spends time on it.
  blacklisted_plugins: ['converse-omemo'],
  whitelisted_plugins: ['bench'],
  auto_login: true,
  auto_reconnect: true,
  bosh_service_url: undefined,
  discover_connection_methods: false,
  loglevel: 'error',
  i18n: 'en',
  message_archiving: 'always',
  ...JSON.parse(decodeURIComponent(location.hash.slice(1))),
});
