-- Makes the accounts and rooms that are named in the configuration, where they are missing.
local usermanager = require "core.usermanager";

local function seed_accounts()
	for username, password in pairs(module:get_option("tertulia_accounts", {})) do
		if not usermanager.user_exists(username, module.host) then
			assert(usermanager.create_user(username, password, module.host));
			module:log("info", "Made the account %s", username);
		end
	end
end

local function seed_rooms()
	local muc = module:depends("muc");
	for node, name in pairs(module:get_option("tertulia_rooms", {})) do
		local jid = node .. "@" .. module.host;
		if not muc.get_room_from_jid(jid) then
			local room = assert(muc.create_room(jid));
			room:set_name(name);
			room:set_public(true);
			room:set_persistent(true);
			room:save(true);
			module:log("info", "Made the room %s", jid);
		end
	end
end

-- Once everything the host consists of is loaded.
module:hook_global("server-started", module:get_host_type() == "component" and seed_rooms or seed_accounts);
