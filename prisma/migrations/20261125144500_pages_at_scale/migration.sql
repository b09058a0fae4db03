-- What follows has no words in the Prisma schema.

-- A service that made a million sessions has its youngest ones found in order, and not all of them
-- sorted; and what has ended in a workspace, or of a service, is found past all that lives there.
CREATE INDEX "session_live_client" ON "session" ("client_id", "id")
  WHERE "ended_at" IS NULL AND "client_id" IS NOT NULL;
DROP INDEX "session_live_service";
CREATE INDEX "session_ended_client" ON "session" ("client_id", "id")
  WHERE "ended_at" IS NOT NULL AND "client_id" IS NOT NULL;
CREATE INDEX "session_ended_workspace" ON "session" ("workspace_id", "id") WHERE "ended_at" IS NOT NULL;
