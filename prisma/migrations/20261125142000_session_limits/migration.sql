-- AlterTable
ALTER TABLE "login" ADD COLUMN     "device_class" TEXT,
ADD COLUMN     "evicted_cookie_hash" BYTEA;


-- What follows has no words in the Prisma schema.

-- A browser whose login made room for another is told so when it comes back.
CREATE INDEX "login_evicted_cookie" ON "login" ("evicted_cookie_hash")
  WHERE "evicted_cookie_hash" IS NOT NULL;
