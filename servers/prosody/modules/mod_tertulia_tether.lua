-- Says when the server has started, and ends it with the process that started it: that one holds the other end of standard input.
module:set_global();

local server = require "net.server";
local ready_file = module:get_option_string("data_path", ".") .. "/ready";

module:hook("server-started", function ()
	local file = assert(io.open(ready_file, "w"));
	file:write("ready\n");
	file:close();
end, -100); -- after the accounts and rooms are made

server.watchfd(0, function (watch)
	-- Nobody writes to it: it is readable because it has ended.
	watch:close();
	module:log("info", "The process that started this server has gone");
	prosody.main_thread:run(function () prosody.shutdown("Parent process gone"); end);
end);
