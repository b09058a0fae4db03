-- CreateIndex
CREATE INDEX "resource_client_id_idx" ON "resource"("client_id");
