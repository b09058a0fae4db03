-- Sessions of browsers have the hash of their address too. Without the identifier beside it an entry
-- of the index holds all sessions of one address together, at a third of the size; where one address
-- has most of them, the planner knows and reads them by identifier.
DROP INDEX "session_address";
CREATE INDEX "session_address" ON "session" ("address_hash") WHERE "address_hash" IS NOT NULL;
