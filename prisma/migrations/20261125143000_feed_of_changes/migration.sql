-- What follows has no words in the Prisma schema.

-- Nodes answer checks of session tokens from memory where that is configured, and hear through the
-- feed of everything that changes an answer. Triggers, so that whoever writes to these tables tells.
-- Ends of sessions and gates of many are told by the statements that make them.

CREATE FUNCTION "feed_session_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "feed_record" ("kind", "subject", "workspace_id", "at")
  VALUES ('session.changed', OLD."id", OLD."workspace_id", clock_timestamp());
  RETURN NULL;
END $$;

-- When a session was last used is no change: each use only adds to the time it has. A row that is
-- put back in time, as an operator might, is one.
CREATE TRIGGER "session_changed" AFTER UPDATE ON "session" FOR EACH ROW
  WHEN (OLD."ended_at" IS NULL AND NEW."ended_at" IS NULL AND (
    NEW."last_seen_at" < OLD."last_seen_at"
    OR (OLD."generation", OLD."renewed_at", OLD."token_end_at", OLD."absolute_end_at", OLD."idle_timeout",
      OLD."created_at", OLD."workspace_id", OLD."user_id", OLD."client_id", OLD."login_id", OLD."kind",
      OLD."epoch_id", OLD."secret_wrapped", OLD."context_sealed", OLD."device_hash",
      OLD."acr", OLD."amr", OLD."auth_time")
    IS DISTINCT FROM (NEW."generation", NEW."renewed_at", NEW."token_end_at", NEW."absolute_end_at",
      NEW."idle_timeout", NEW."created_at", NEW."workspace_id", NEW."user_id", NEW."client_id",
      NEW."login_id", NEW."kind", NEW."epoch_id", NEW."secret_wrapped", NEW."context_sealed",
      NEW."device_hash", NEW."acr", NEW."amr", NEW."auth_time")))
  EXECUTE FUNCTION "feed_session_changed"();
CREATE TRIGGER "session_gone" AFTER DELETE ON "session" FOR EACH ROW
  WHEN (OLD."ended_at" IS NULL) EXECUTE FUNCTION "feed_session_changed"();

-- The arguments are the kind, and the column that says whom the change is about.
CREATE FUNCTION "feed_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "row" jsonb;
BEGIN
  IF TG_OP = 'DELETE' THEN "row" := to_jsonb(OLD); ELSE "row" := to_jsonb(NEW); END IF;
  INSERT INTO "feed_record" ("kind", "subject", "workspace_id", "at")
  VALUES (TG_ARGV[0], ("row" ->> TG_ARGV[1])::uuid, ("row" ->> 'workspace_id')::uuid, clock_timestamp());
  RETURN NULL;
END $$;

CREATE TRIGGER "login_changed" AFTER UPDATE ON "login" FOR EACH ROW
  WHEN (NEW."last_seen_at" < OLD."last_seen_at"
    OR (OLD."ended_at", OLD."auth_time", OLD."acr", OLD."amr", OLD."absolute_end_at", OLD."idle_timeout")
    IS DISTINCT FROM (NEW."ended_at", NEW."auth_time", NEW."acr", NEW."amr", NEW."absolute_end_at",
      NEW."idle_timeout"))
  EXECUTE FUNCTION "feed_changed"('login.changed', 'id');
CREATE TRIGGER "login_gone" AFTER DELETE ON "login" FOR EACH ROW
  WHEN (OLD."ended_at" IS NULL) EXECUTE FUNCTION "feed_changed"('login.changed', 'id');

CREATE TRIGGER "user_changed" AFTER UPDATE ON "user" FOR EACH ROW
  WHEN (OLD."state" IS DISTINCT FROM NEW."state")
  EXECUTE FUNCTION "feed_changed"('user.changed', 'id');
CREATE TRIGGER "user_gone" AFTER DELETE ON "user" FOR EACH ROW
  EXECUTE FUNCTION "feed_changed"('user.changed', 'id');

CREATE TRIGGER "workspace_changed" AFTER UPDATE ON "workspace" FOR EACH ROW
  WHEN ((OLD."state", OLD."slug", OLD."name") IS DISTINCT FROM (NEW."state", NEW."slug", NEW."name"))
  EXECUTE FUNCTION "feed_changed"('workspace.changed', 'id');
CREATE TRIGGER "workspace_gone" AFTER DELETE ON "workspace" FOR EACH ROW
  EXECUTE FUNCTION "feed_changed"('workspace.changed', 'id');

CREATE TRIGGER "membership_changed" AFTER UPDATE OR DELETE ON "membership" FOR EACH ROW
  EXECUTE FUNCTION "feed_changed"('membership.changed', 'user_id');
CREATE TRIGGER "role_changed" AFTER INSERT OR UPDATE OR DELETE ON "role" FOR EACH ROW
  EXECUTE FUNCTION "feed_changed"('role.changed', 'workspace_id');
CREATE TRIGGER "elevation_changed" AFTER INSERT OR UPDATE OR DELETE ON "elevation" FOR EACH ROW
  EXECUTE FUNCTION "feed_changed"('elevation.changed', 'session_id');
CREATE TRIGGER "admission_changed" AFTER INSERT OR UPDATE OR DELETE ON "admission" FOR EACH ROW
  EXECUTE FUNCTION "feed_changed"('admission.changed', 'client_id');

CREATE TRIGGER "client_changed" AFTER UPDATE ON "client" FOR EACH ROW
  WHEN ((OLD."disabled_at", OLD."client_id") IS DISTINCT FROM (NEW."disabled_at", NEW."client_id"))
  EXECUTE FUNCTION "feed_changed"('client.changed', 'id');
CREATE TRIGGER "client_gone" AFTER DELETE ON "client" FOR EACH ROW
  EXECUTE FUNCTION "feed_changed"('client.changed', 'id');

-- A token's identifier is a text; its digest is no secret and stands for it.
CREATE FUNCTION "feed_token_revoked"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "feed_record" ("kind", "subject", "at")
  VALUES ('token.changed', md5(NEW."jti")::uuid, clock_timestamp());
  RETURN NULL;
END $$;
CREATE TRIGGER "token_revoked" AFTER INSERT ON "revoked_token" FOR EACH ROW
  WHEN (NEW."session_id" IS NULL) EXECUTE FUNCTION "feed_token_revoked"();

-- Renewals come by the hundred and take nothing away: they wake nobody, and are found at the next look.
CREATE FUNCTION "feed_notify"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sojourn_feed', '');
  RETURN NULL;
END $$;
CREATE TRIGGER "feed_record_told" AFTER INSERT ON "feed_record" FOR EACH ROW
  WHEN (NEW."kind" <> 'session.changed') EXECUTE FUNCTION "feed_notify"();

-- Changes are of use for minutes, ends for as long as what has ended is kept.
CREATE INDEX "feed_record_change" ON "feed_record" ("at") WHERE "kind" LIKE '%.changed';
CREATE INDEX "feed_record_end" ON "feed_record" ("at") WHERE "kind" NOT LIKE '%.changed';
