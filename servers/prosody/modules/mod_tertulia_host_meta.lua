-- XEP-0156: where the WebSocket is, at /.well-known/host-meta and host-meta.json.
module:depends("http");

local json = require "util.json";
local st = require "util.stanza";

local rel = "urn:xmpp:alt-connections:websocket";
local function address()
	return (module:http_url("websocket", "xmpp-websocket"):gsub("^http", "ws"));
end

module:provides("http", {
	default_path = "/.well-known";
	cors = { enabled = true };
	route = {
		["GET /host-meta"] = function (event)
			event.response.headers.content_type = "application/xrd+xml";
			return '<?xml version="1.0" encoding="utf-8"?>' .. tostring(st.stanza("XRD", { xmlns = "http://docs.oasis-open.org/ns/xri/xrd-1.0" })
				:tag("Link", { rel = rel, href = address() }):up());
		end;
		["GET /host-meta.json"] = function (event)
			event.response.headers.content_type = "application/json";
			return json.encode({ links = { { rel = rel, href = address() } } });
		end;
	};
});
