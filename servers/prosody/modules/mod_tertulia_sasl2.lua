-- Debian 12 has community modules for SASL2, Bind 2 and FAST that were written for a later Prosody than the 0.12 beside them.
-- This makes up for what they miss there; a Prosody that has it of itself does not need this module.
module:depends("sasl2");
local smacks = module:depends("smacks");
local jid_join = require "util.jid".join;
local datetime = require "util.datetime";
local stanza_methods = require "util.stanza".stanza_mt.__index;

local xmlns_sm = "urn:xmpp:sm:3";
local sessions_by_token = module:shared("/*/smacks/resumption-tokens");

-- The event does not say what the stream's header said; mod_sasl2_fast only wants to see that somebody is named there.
module:hook("stream-features", function (event)
	event.stream = event.stream or { from = "somebody@" .. module.host };
end, 1000);

-- Times with fractions, which this Lua refuses to write as a date.
local write_time = datetime.datetime;
function datetime.datetime(time)
	return write_time(time and math.floor(time));
end

if not stanza_methods.get_child_attr then
	function stanza_methods:get_child_attr(name, xmlns, attribute)
		local child = self:get_child(name, xmlns);
		return child and child.attr[attribute] or nil;
	end
end

-- mod_smacks answers by itself: here its answers are held back, to go into the <success/>.
local function held(session, handle, stanza)
	local send, said = session.send, {};
	session.send = function (answer)
		said[#said + 1] = answer;
		return true;
	end
	handle(session, stanza, xmlns_sm);
	session.send = send;
	return said[1], said, send;
end

local function refusal(answer)
	local condition = answer and answer.tags[1];
	return nil, { type = "cancel"; condition = condition and condition.name or "internal-server-error"; context = { h = answer and tonumber(answer.attr.h) } };
end

function smacks.do_enable(session, request)
	local answer = held(session, smacks.handle_enable, request);
	if not answer or answer.name ~= "enabled" then return refusal(answer); end
	return { type = "enabled"; id = answer.attr.id; resume_max = answer.attr.max; finish = function () end };
end

function smacks.do_resume(session, request)
	local id = request.attr.previd;
	local old = id and sessions_by_token[jid_join(session.username, session.host, id)];
	local answer, said, send = held(session, smacks.handle_resume, request);
	if not old or not answer or answer.name ~= "resumed" then return refusal(answer); end
	-- From here on the old session speaks over the new one's connection.
	old.send = send;
	old.sasl_handler, old.client_id, old.fast_token_request = session.sasl_handler, session.client_id, session.fast_token_request;
	return {
		type = "resumed"; id = id; session = old;
		finish = function ()
			session.resending_unacked, old.resending_unacked = true, true;
			for at = 2, #said do send(said[at]); end
			session.resending_unacked, old.resending_unacked = nil, nil;
		end;
	};
end
