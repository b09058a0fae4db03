-- AlterTable
ALTER TABLE "session" ADD COLUMN     "acr" TEXT,
ADD COLUMN     "address_hash" BYTEA,
ADD COLUMN     "amr" TEXT[],
ADD COLUMN     "auth_time" TIMESTAMPTZ(6),
ADD COLUMN     "device_class" TEXT,
ADD COLUMN     "device_hash" BYTEA,
ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "priority" INTEGER,
ADD COLUMN     "renewed_at" TIMESTAMPTZ(6),
ADD COLUMN     "token_end_at" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "admission" (
    "client_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "admission_pkey" PRIMARY KEY ("client_id","workspace_id")
);

-- CreateTable
CREATE TABLE "role" (
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "permissions" TEXT[],
    "elevations" TEXT[],
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "role_pkey" PRIMARY KEY ("workspace_id","name")
);

-- CreateTable
CREATE TABLE "policy" (
    "level" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "rules" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "policy_pkey" PRIMARY KEY ("level","subject")
);

-- CreateTable
CREATE TABLE "elevation" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "permissions" TEXT[],
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "decided_by" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "end_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "elevation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_figures" (
    "session_id" UUID NOT NULL,
    "validations" INTEGER NOT NULL DEFAULT 0,
    "failures" JSONB NOT NULL DEFAULT '{}',
    "clients" UUID[],
    "devices" BYTEA[],
    "networks" BYTEA[],
    "countries" TEXT[],
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "session_figures_pkey" PRIMARY KEY ("session_id")
);

-- CreateIndex
CREATE INDEX "admission_workspace_id_idx" ON "admission"("workspace_id");

-- AddForeignKey
ALTER TABLE "admission" ADD CONSTRAINT "admission_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "client"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admission" ADD CONSTRAINT "admission_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role" ADD CONSTRAINT "role_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What follows has no words in the Prisma schema.

ALTER TABLE "policy" ADD CONSTRAINT "policy_level"
  CHECK ("level" IN ('server', 'workspace', 'client', 'role', 'acr'));
ALTER TABLE "elevation" ADD CONSTRAINT "elevation_state"
  CHECK ("state" IN ('asked', 'granted', 'refused', 'withdrawn'));
CREATE INDEX "elevation_session" ON "elevation" ("session_id");
CREATE INDEX "elevation_open" ON "elevation" ("end_at") WHERE "ended_at" IS NULL;

CREATE INDEX "session_live_address" ON "session" ("address_hash")
  WHERE "ended_at" IS NULL AND "address_hash" IS NOT NULL;
CREATE INDEX "session_live_service" ON "session" ("client_id")
  WHERE "ended_at" IS NULL AND "client_id" IS NOT NULL;

-- The same view, and at its end what session tokens need. A service's stay stands on its admission
-- to the workspace as a person's stands on their membership.
CREATE OR REPLACE VIEW "session_check" AS
SELECT
  s."id" AS "session_id", s."kind", s."workspace_id", s."user_id", s."client_id" AS "service_client_id",
  s."login_id", s."epoch_id", s."secret_wrapped", s."created_at", s."last_seen_at", s."idle_timeout",
  LEAST(s."absolute_end_at", l."absolute_end_at") AS "absolute_end_at",
  s."ended_at", s."end_cause",
  COALESCE(l."auth_time", s."auth_time") AS "auth_time", COALESCE(l."acr", s."acr") AS "acr",
  COALESCE(l."amr", s."amr") AS "amr",
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
    WHEN s."kind" = 'service' AND NOT EXISTS (SELECT FROM "admission" a
      JOIN "client" k ON k."id" = a."client_id" AND k."disabled_at" IS NULL
      WHERE a."client_id" = s."client_id" AND a."workspace_id" = s."workspace_id") THEN 'not_admitted'
  END AS "refusal",
  s."generation", s."renewed_at", s."token_end_at"
FROM "session" s
JOIN "workspace" w ON w."id" = s."workspace_id"
LEFT JOIN "login" l ON l."id" = s."login_id"
LEFT JOIN "user" u ON u."id" = s."user_id"
LEFT JOIN "membership" m ON m."user_id" = s."user_id" AND m."workspace_id" = s."workspace_id";
