-- AlterTable
ALTER TABLE "server_key" DROP COLUMN "retired_at",
ADD COLUMN     "active_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;

UPDATE "server_key" SET "active_at" = "created_at";
