-- AlterTable
ALTER TABLE "user" ADD COLUMN     "second_factor" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "factor" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "added_in" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "last_used_at" TIMESTAMPTZ(6),
    "secret_sealed" BYTEA,
    "last_step" BIGINT,
    "credential_id" BYTEA,
    "public_key" BYTEA,
    "sign_count" BIGINT,
    "transports" TEXT[],
    "backup_eligible" BOOLEAN,
    "backed_up" BOOLEAN,

    CONSTRAINT "factor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_code" (
    "user_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("user_id","hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "factor_credential_id_key" ON "factor"("credential_id");

-- CreateIndex
CREATE INDEX "factor_user_id_idx" ON "factor"("user_id");

-- AddForeignKey
ALTER TABLE "factor" ADD CONSTRAINT "factor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What follows has no words in the Prisma schema.

ALTER TABLE "factor" ADD CONSTRAINT "factor_kind" CHECK (
  ("kind" = 'totp' AND "secret_sealed" IS NOT NULL AND "last_step" IS NOT NULL
    AND "credential_id" IS NULL AND "public_key" IS NULL AND "sign_count" IS NULL)
  OR ("kind" = 'passkey' AND "credential_id" IS NOT NULL AND "public_key" IS NOT NULL
    AND "sign_count" IS NOT NULL AND "backup_eligible" IS NOT NULL AND "backed_up" IS NOT NULL
    AND "secret_sealed" IS NULL AND "last_step" IS NULL));
