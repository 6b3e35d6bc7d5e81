DROP INDEX "customers_next_attempt";--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "details_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "customers" SET "details_version" = "details"."version" FROM "details" WHERE "details"."user_id" = "customers"."user_id";--> statement-breakpoint
CREATE INDEX "customers_due" ON "customers" USING btree ("next_attempt_at") WHERE ("customers"."details_version" > 0 and ("customers"."state" = 'creating' or ("customers"."state" = 'linked' and (
    "customers"."sent_version" < "customers"."details_version"
    or upper("customers"."verification_status") <> 'ACCEPTED'
    or upper("customers"."wallet_status") <> 'ACTIVE'))));--> statement-breakpoint
CREATE INDEX "sessions_last_seen" ON "sessions" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "verification_tokens_expiry" ON "verification_tokens" USING btree ("expires_at");