CREATE TABLE "audit_checks" (
	"id" integer PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"problem" text,
	"events" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"people_affected" integer DEFAULT 0 NOT NULL,
	"revocations_delayed" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "kunacore_calls" (
	"minute" timestamp with time zone NOT NULL,
	"endpoint" text NOT NULL,
	"failed" boolean NOT NULL,
	"within_ms" integer NOT NULL,
	"calls" integer NOT NULL,
	CONSTRAINT "kunacore_calls_minute_endpoint_failed_within_ms_pk" PRIMARY KEY("minute","endpoint","failed","within_ms")
);
--> statement-breakpoint
DROP INDEX "customers_due";--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "wallet_block" text;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "conflict_dismissed_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "incidents_started" ON "incidents" USING btree ("started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_open" ON "incidents" USING btree ((true)) WHERE "incidents"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "customers_due" ON "customers" USING btree ("next_attempt_at") WHERE (("customers"."state" = 'linked' and "customers"."wallet_block" in ('due', 'sending', 'lifting')) or "customers"."details_version" > 0 and ("customers"."state" = 'creating' or ("customers"."state" = 'linked' and (
    "customers"."sent_version" < "customers"."details_version"
    or upper("customers"."verification_status") <> 'ACCEPTED'
    or upper("customers"."wallet_status") <> 'ACTIVE'))));--> statement-breakpoint
UPDATE "customers" SET "wallet_block" = 'due', "next_attempt_at" = now() FROM "users" WHERE "users"."id" = "customers"."user_id" AND "users"."blocked_at" IS NOT NULL;
