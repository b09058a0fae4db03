-- CreateTable
CREATE TABLE "instance" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "incarnation" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "server_key" (
    "id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "root_version" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "retired_at" TIMESTAMPTZ(6),

    CONSTRAINT "server_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "id" UUID NOT NULL,
    "kid" TEXT NOT NULL,
    "alg" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_sealed" BYTEA,
    "published_at" TIMESTAMPTZ(6) NOT NULL,
    "active_at" TIMESTAMPTZ(6) NOT NULL,
    "retired_at" TIMESTAMPTZ(6),
    "removed_at" TIMESTAMPTZ(6),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_key" (
    "id" UUID NOT NULL,
    "workspace_id" UUID,
    "month" CHAR(7) NOT NULL,
    "wrapped" BYTEA,
    "root_version" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "destroyed_at" TIMESTAMPTZ(6),

    CONSTRAINT "audit_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "epoch_key" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "wrapped" BYTEA,
    "root_version" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "retired_at" TIMESTAMPTZ(6),
    "destroyed_at" TIMESTAMPTZ(6),

    CONSTRAINT "epoch_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "username" TEXT NOT NULL,
    "external_id" TEXT,
    "name" TEXT,
    "given_name" TEXT,
    "family_name" TEXT,
    "email" TEXT,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "phone_number" TEXT,
    "phone_verified" BOOLEAN NOT NULL DEFAULT false,
    "address" JSONB,
    "locale" TEXT,
    "password_hash" TEXT,
    "password_version" INTEGER NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL DEFAULT 'active',
    "ended_before" TIMESTAMPTZ(6),
    "offline_ended_before" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workspace" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "ended_before" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "roles" TEXT[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "membership_pkey" PRIMARY KEY ("user_id","workspace_id")
);

-- CreateTable
CREATE TABLE "client" (
    "id" UUID NOT NULL,
    "client_id" TEXT NOT NULL,
    "metadata" JSONB NOT NULL,
    "secret_hash" BYTEA,
    "pkce_exempt" BOOLEAN NOT NULL DEFAULT false,
    "self_registered" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "client_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resource" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "token_format" TEXT NOT NULL DEFAULT 'opaque',
    "alg" TEXT,
    "client_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "resource_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "cookie_hash" BYTEA,
    "prior_cookie_hash" BYTEA,
    "cookie_at" TIMESTAMPTZ(6),
    "auth_time" TIMESTAMPTZ(6) NOT NULL,
    "acr" TEXT NOT NULL,
    "amr" TEXT[],
    "secret_wrapped" BYTEA,
    "root_version" TEXT NOT NULL,
    "context_sealed" BYTEA,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL,
    "idle_timeout" INTEGER NOT NULL,
    "absolute_end_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "end_cause" TEXT,

    CONSTRAINT "login_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_barrier" (
    "login_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "after" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "login_barrier_pkey" PRIMARY KEY ("login_id","workspace_id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "user_id" UUID,
    "client_id" UUID,
    "login_id" UUID,
    "epoch_id" UUID,
    "secret_wrapped" BYTEA,
    "context_sealed" BYTEA,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL,
    "absolute_end_at" TIMESTAMPTZ(6) NOT NULL,
    "idle_timeout" INTEGER NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "end_cause" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grant" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "scopes" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "end_cause" TEXT,

    CONSTRAINT "grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "family" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "grant_epoch" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "rotated_at" TIMESTAMPTZ(6) NOT NULL,
    "rotated_by" BYTEA,
    "bound" BOOLEAN NOT NULL,
    "payload_sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "family_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "artifact" (
    "model" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "payload_sealed" BYTEA NOT NULL,
    "session_id" UUID,
    "grant_id" UUID,
    "family_id" UUID,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "consumed_at" TIMESTAMPTZ(6),

    CONSTRAINT "artifact_pkey" PRIMARY KEY ("model","hash")
);

-- CreateTable
CREATE TABLE "replay" (
    "hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "replay_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "revoked_token" (
    "jti" TEXT NOT NULL,
    "session_id" UUID,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "revoked_token_pkey" PRIMARY KEY ("jti")
);

-- CreateTable
CREATE TABLE "consent" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "scopes" JSONB NOT NULL,
    "granted_at" TIMESTAMPTZ(6) NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(6),

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "participant" (
    "session_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "participant_pkey" PRIMARY KEY ("session_id","client_id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "client_id" UUID NOT NULL,
    "user_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL,
    "last_failure" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "delivered_at" TIMESTAMPTZ(6),

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed_record" (
    "id" BIGSERIAL NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "kind" TEXT NOT NULL,
    "subject" UUID NOT NULL,
    "workspace_id" UUID,
    "cause" TEXT,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "feed_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entry" (
    "id" UUID NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "seq" BIGSERIAL NOT NULL,
    "action" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "workspace_id" UUID,
    "detail" JSONB NOT NULL,
    "audit_key_id" UUID,
    "context_sealed" BYTEA,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "server_key_purpose_version_key" ON "server_key"("purpose", "version");

-- CreateIndex
CREATE UNIQUE INDEX "signing_key_kid_key" ON "signing_key"("kid");

-- CreateIndex
CREATE UNIQUE INDEX "epoch_key_workspace_id_number_key" ON "epoch_key"("workspace_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "user_username_key" ON "user"("username");

-- CreateIndex
CREATE UNIQUE INDEX "user_external_id_key" ON "user"("external_id");

-- CreateIndex
CREATE UNIQUE INDEX "workspace_slug_key" ON "workspace"("slug");

-- CreateIndex
CREATE INDEX "membership_workspace_id_idx" ON "membership"("workspace_id");

-- CreateIndex
CREATE UNIQUE INDEX "client_client_id_key" ON "client"("client_id");

-- CreateIndex
CREATE UNIQUE INDEX "resource_identifier_key" ON "resource"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "login_cookie_hash_key" ON "login"("cookie_hash");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_session_id_client_id_key" ON "delivery"("session_id", "client_id");

-- AddForeignKey
ALTER TABLE "epoch_key" ADD CONSTRAINT "epoch_key_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What follows has no words in the Prisma schema: checks, partial indexes, storage, one view.

ALTER TABLE "instance" ADD CONSTRAINT "instance_one_row" CHECK ("id" = 1);
ALTER TABLE "user" ADD CONSTRAINT "user_state" CHECK ("state" IN ('active', 'disabled'));
ALTER TABLE "workspace" ADD CONSTRAINT "workspace_state" CHECK ("state" IN ('active', 'archived'));
ALTER TABLE "resource" ADD CONSTRAINT "resource_format" CHECK ("token_format" IN ('jwt', 'opaque'));
ALTER TABLE "session" ADD CONSTRAINT "session_kind" CHECK ("kind" IN ('login', 'offline', 'api', 'service'));
-- The end destroys the key: no ended row may keep one.
ALTER TABLE "session" ADD CONSTRAINT "session_end_destroys_key"
  CHECK ("ended_at" IS NULL OR ("secret_wrapped" IS NULL AND "context_sealed" IS NULL));
ALTER TABLE "login" ADD CONSTRAINT "login_end_destroys_key"
  CHECK ("ended_at" IS NULL OR ("secret_wrapped" IS NULL AND "context_sealed" IS NULL AND "cookie_hash" IS NULL));
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_state" CHECK ("state" IN ('pending', 'delivered', 'set_aside'));

CREATE UNIQUE INDEX "audit_key_month" ON "audit_key" (COALESCE("workspace_id", '00000000-0000-0000-0000-000000000000'), "month");
CREATE UNIQUE INDEX "epoch_key_current" ON "epoch_key" ("workspace_id") WHERE "retired_at" IS NULL;

CREATE INDEX "login_prior_cookie" ON "login" ("prior_cookie_hash") WHERE "prior_cookie_hash" IS NOT NULL;
CREATE INDEX "login_live_user" ON "login" ("user_id") WHERE "ended_at" IS NULL;
CREATE INDEX "login_live_absolute" ON "login" ("absolute_end_at") WHERE "ended_at" IS NULL;
CREATE INDEX "login_live_seen" ON "login" ("last_seen_at") WHERE "ended_at" IS NULL;
CREATE INDEX "login_ended" ON "login" ("ended_at") WHERE "ended_at" IS NOT NULL;

CREATE UNIQUE INDEX "session_live_login" ON "session" ("login_id", "workspace_id") WHERE "ended_at" IS NULL AND "kind" = 'login';
CREATE INDEX "session_live_user" ON "session" ("user_id") WHERE "ended_at" IS NULL;
CREATE INDEX "session_live_workspace" ON "session" ("workspace_id") WHERE "ended_at" IS NULL;
CREATE INDEX "session_live_absolute" ON "session" ("absolute_end_at") WHERE "ended_at" IS NULL;
CREATE INDEX "session_live_seen" ON "session" ("last_seen_at") WHERE "ended_at" IS NULL;
CREATE INDEX "session_epoch" ON "session" ("epoch_id") WHERE "secret_wrapped" IS NOT NULL;
CREATE INDEX "session_ended" ON "session" ("ended_at") WHERE "ended_at" IS NOT NULL;

CREATE UNIQUE INDEX "grant_live" ON "grant" ("session_id", "client_id") WHERE "ended_at" IS NULL;
CREATE INDEX "grant_client" ON "grant" ("client_id") WHERE "ended_at" IS NULL;
CREATE INDEX "grant_ended" ON "grant" ("ended_at") WHERE "ended_at" IS NOT NULL;
CREATE INDEX "family_session" ON "family" ("session_id");
CREATE INDEX "artifact_expires" ON "artifact" ("expires_at");
CREATE INDEX "replay_expires" ON "replay" ("expires_at");
CREATE INDEX "revoked_token_session" ON "revoked_token" ("session_id");
CREATE INDEX "revoked_token_expires" ON "revoked_token" ("expires_at");
CREATE UNIQUE INDEX "consent_standing" ON "consent" ("user_id", "workspace_id", "client_id") WHERE "withdrawn_at" IS NULL;
CREATE INDEX "delivery_due" ON "delivery" ("next_attempt_at") WHERE "state" = 'pending';
CREATE INDEX "feed_record_order" ON "feed_record" ("xid", "id");
CREATE INDEX "entry_order" ON "entry" ("xid", "seq");
CREATE INDEX "entry_subject" ON "entry" ("subject_id", "at");
CREATE INDEX "entry_workspace" ON "entry" ("workspace_id", "at");

-- Rows that change in place keep room on their page, so that an update touches no index.
ALTER TABLE "session" SET (fillfactor = 85);
ALTER TABLE "login" SET (fillfactor = 85);
ALTER TABLE "family" SET (fillfactor = 80);
ALTER TABLE "rate_limit" SET (fillfactor = 70);

-- The one definition of "live": every check of a token reads it, none repeats it.
-- "refusal" is null for a session that may be used, and otherwise names the first reason why not.
CREATE VIEW "session_check" AS
SELECT
  s."id" AS "session_id", s."kind", s."workspace_id", s."user_id", s."client_id" AS "service_client_id",
  s."login_id", s."epoch_id", s."secret_wrapped", s."created_at", s."last_seen_at", s."idle_timeout",
  LEAST(s."absolute_end_at", l."absolute_end_at") AS "absolute_end_at",
  s."ended_at", s."end_cause",
  l."auth_time", l."acr", l."amr",
  w."slug" AS "workspace_slug", w."name" AS "workspace_name",
  COALESCE(m."roles", '{}') AS "roles",
  CASE
    WHEN s."ended_at" IS NOT NULL OR s."secret_wrapped" IS NULL THEN 'ended'
    WHEN s."absolute_end_at" <= statement_timestamp() THEN 'absolute'
    WHEN s."last_seen_at" + make_interval(secs => s."idle_timeout") <= statement_timestamp() THEN 'idle'
    WHEN s."login_id" IS NOT NULL AND s."kind" = 'login' AND (l."id" IS NULL OR l."ended_at" IS NOT NULL) THEN 'login_ended'
    WHEN s."kind" = 'login' AND l."absolute_end_at" <= statement_timestamp() THEN 'absolute'
    WHEN s."kind" = 'login' AND l."last_seen_at" + make_interval(secs => l."idle_timeout") <= statement_timestamp() THEN 'idle'
    WHEN s."user_id" IS NOT NULL AND (u."id" IS NULL OR u."state" <> 'active') THEN 'user_ended'
    WHEN s."kind" <> 'offline' AND u."ended_before" >= s."created_at" THEN 'user_ended'
    WHEN s."kind" = 'offline' AND u."offline_ended_before" >= s."created_at" THEN 'user_ended'
    WHEN w."state" <> 'active' OR w."ended_before" >= s."created_at" THEN 'workspace_ended'
    WHEN s."user_id" IS NOT NULL AND m."user_id" IS NULL THEN 'not_a_member'
  END AS "refusal"
FROM "session" s
JOIN "workspace" w ON w."id" = s."workspace_id"
LEFT JOIN "login" l ON l."id" = s."login_id"
LEFT JOIN "user" u ON u."id" = s."user_id"
LEFT JOIN "membership" m ON m."user_id" = s."user_id" AND m."workspace_id" = s."workspace_id";
