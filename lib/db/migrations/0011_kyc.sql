ALTER TABLE "details" ADD COLUMN "sources_sealed" text;--> statement-breakpoint
ALTER TABLE "details" ADD COLUMN "checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "details" ADD COLUMN "recheck_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "details_recheck" ON "details" USING btree ("recheck_at") WHERE "details"."recheck_at" is not null;