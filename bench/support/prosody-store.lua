-- Writes rows into Prosody's SQLite store: lua prosody-store.lua DATABASE < lines of fields with tabs between them.
-- archive <TAB> host, user, store, key, when, with, XML     keyval <TAB> host, user, store, key, type, value
local DBI = require "DBI"
local db = assert(DBI.Connect("SQLite3", arg[1]))
db:autocommit(false)
assert(assert(db:prepare("PRAGMA busy_timeout = 20000")):execute())
local into = {
	archive = assert(db:prepare("INSERT INTO prosodyarchive (host, user, store, key, \"when\", \"with\", type, value) VALUES (?, ?, ?, ?, ?, ?, 'xml', ?)")),
	keyval = assert(db:prepare("INSERT INTO prosody (host, user, store, key, type, value) VALUES (?, ?, ?, ?, ?, ?)")),
}
for line in io.lines() do
	local fields = {}
	for field in (line .. "\t"):gmatch("([^\t]*)\t") do fields[#fields + 1] = field end
	local kind = table.remove(fields, 1)
	if kind == "archive" then fields[5] = math.tointeger(tonumber(fields[5])) end
	assert(into[kind]:execute(table.unpack(fields)))
end
assert(db:commit())
