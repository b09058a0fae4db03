-- A service that makes sessions for a million people must find the few that are its own.
CREATE INDEX "session_service" ON "session" ("client_id", "id") WHERE "kind" = 'service';
