-- The Prosody that `npm start` and the tests run: loopback only, no federation, all data in one folder.
-- servers/prosody.mjs fills in what stands between @ signs and writes the result into the data folder.
-- To set up a server of your own, see README.md: this file trusts everybody on this machine.
local data = @DATA@
local port = @PORT@

data_path = data
pidfile = data .. "/prosody.pid"
admin_socket = data .. "/prosody.sock"
plugin_paths = { @MODULES@ }
certificates = data .. "/certs"
installer_plugin_path = data .. "/plugins"
log = { @LOG@ = "*console" }
run_as_root = @AS_ROOT@ -- the data are the caller's, whoever that is

interfaces = { @INTERFACE@ }
local_interfaces = { @INTERFACE@ }
http_interfaces = { @INTERFACE@ }
http_ports = { port }
https_ports = {}
c2s_ports = { @C2S_PORT@ }
c2s_direct_tls_ports = {}
s2s_ports = {}
component_ports = { @COMPONENT_PORT@ }

-- Nothing leaves this machine, so there is no TLS: browsers treat localhost as a secure context. Pages of any origin may connect:
-- Prosody's default since 0.12, cross_domain_websocket = true before.
c2s_require_encryption = false
consider_websocket_secure = true
http_default_host = "localhost"
http_external_url = @URL@

authentication = "internal_hashed"
password_hash = "SHA-256"

default_storage = @STORAGE@
sql = { driver = "SQLite3", database = data .. "/prosody.sqlite" }
default_archive_policy = true
archive_expires_after = "never"
muc_log_by_default = true
muc_log_expires_after = "never"

limits = { c2s = { rate = "512kb/s", burst = "4s" } }
c2s_stanza_size_limit = @STANZA_LIMIT@
smacks_hibernation_time = 600

allow_registration = false

modules_enabled = {
	"tertulia_tether";
	"admin_shell"; "blocklist"; "bookmarks"; "carbons"; "csi"; "csi_simple"; "disco"; "http"; "lastactivity"; "limits"; "mam"; "pep"; "ping";
	"private"; "roster"; "saslauth"; "smacks"; "time"; "user_account_management"; "vcard4"; "vcard_legacy"; "version"; "websocket";
}
modules_disabled = { "s2s"; "s2s_auth_certs" }

VirtualHost "localhost"
	modules_enabled = { "tertulia_seed"; "tertulia_host_meta"; @SASL2@ }
	tertulia_accounts = { @ACCOUNTS@ }

-- Visitors: each makes an account of its own (XEP-0077).
VirtualHost "guests.localhost"
	modules_enabled = { "register_ibr"; "register_limits" }
	allow_registration = true
	registration_throttle_max = @GUEST_MAX@
	registration_throttle_period = @GUEST_SECONDS@
	registration_allowlist = {} -- by default it holds 127.0.0.1, which is everybody here
	disco_items = { { "rooms.localhost", "Rooms" }; { "upload.localhost", "Files" } }

VirtualHost "anon.localhost"
	authentication = "anonymous"
	storage = "memory"
	disco_items = { { "rooms.localhost", "Rooms" } }

Component "rooms.localhost" "muc"
	name = "Rooms"
	modules_enabled = { "muc_mam"; "tertulia_seed" }
	restrict_room_creation = "local" -- accounts of localhost, not guests
	muc_room_default_public = true
	muc_room_default_persistent = true
	tertulia_rooms = { @ROOMS@ }

Component "upload.localhost" "http_file_share"
	name = "Files"
	http_host = "localhost"
	http_file_share_size_limit = @UPLOAD_LIMIT@
	http_file_share_daily_quota = 20 * @UPLOAD_LIMIT@
	http_file_share_expires_after = -1 -- never
	http_file_share_access = { "localhost", "guests.localhost" }

@COMPONENT@
