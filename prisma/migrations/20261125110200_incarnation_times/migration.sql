-- AlterTable
ALTER TABLE "instance" ADD COLUMN     "cleared_at" TIMESTAMPTZ(6),
ADD COLUMN     "incarnated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- The incarnation that is there is the first: nothing was made before it.
UPDATE "instance" SET "incarnated_at" = "created_at", "cleared_at" = "created_at";
