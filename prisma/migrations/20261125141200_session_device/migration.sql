-- Browsers tell no device, so it costs their sessions nothing.
CREATE INDEX "session_device" ON "session" ("device_hash") WHERE "device_hash" IS NOT NULL;
