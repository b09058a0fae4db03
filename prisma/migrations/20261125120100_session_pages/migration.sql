-- CreateIndex
CREATE INDEX "participant_client_id_session_id_idx" ON "participant"("client_id", "session_id");

-- CreateIndex
CREATE INDEX "session_user_id_id_idx" ON "session"("user_id", "id");

-- CreateIndex
CREATE INDEX "session_workspace_id_id_idx" ON "session"("workspace_id", "id");


-- What follows has no words in the Prisma schema.

-- Lists are read in the order of identifiers, which is that of creation; these take the places of
-- indexes that knew the live ones alone.
DROP INDEX "session_live_user";
DROP INDEX "session_live_workspace";
DROP INDEX "session_live_address";
CREATE INDEX "session_address" ON "session" ("address_hash", "id") WHERE "address_hash" IS NOT NULL;
CREATE INDEX "session_ended_id" ON "session" ("id") WHERE "ended_at" IS NOT NULL;
