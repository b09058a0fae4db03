-- CreateTable
CREATE TABLE "root_version" (
    "version" TEXT NOT NULL,
    "used_since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "root_version_pkey" PRIMARY KEY ("version")
);

-- What wraps keys already is as old as the oldest key that it wraps.
INSERT INTO "root_version" ("version", "used_since")
SELECT "root_version", MIN("created_at") FROM "server_key" GROUP BY "root_version";
