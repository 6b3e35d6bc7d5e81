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
CREATE INDEX "customers_due" ON "customers" USING btree ("next_attempt_at") WHERE (("customers"."state" = 'linked' and "customers"."wallet_block" in ('due', 'sending', 'lifting')) or "customers"."accepted_version" > 0 and "customers"."consent_withdrawn_at" is null and ("customers"."state" = 'creating' or ("customers"."state" = 'linked' and (
    "customers"."sent_version" < "customers"."accepted_version"
    or upper("customers"."verification_status") <> 'ACCEPTED'
    or upper("customers"."wallet_status") <> 'ACTIVE'))));--> statement-breakpoint
UPDATE "customers" SET "wallet_block" = 'due', "next_attempt_at" = now() FROM "users" WHERE "users"."id" = "customers"."user_id" AND "users"."blocked_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "customers_waiting" ON "customers" USING btree ("state_since","user_id") WHERE ((("customers"."state" = 'linked' and "customers"."wallet_block" in ('due', 'sending', 'lifting')) or "customers"."accepted_version" > 0 and "customers"."consent_withdrawn_at" is null and ("customers"."state" = 'creating' or ("customers"."state" = 'linked' and (
    "customers"."sent_version" < "customers"."accepted_version"
    or upper("customers"."verification_status") <> 'ACCEPTED'
    or upper("customers"."wallet_status") <> 'ACTIVE')))) and ("customers"."wallet_block" is null or "customers"."wallet_block" = 'lifting') and "customers"."details_version" > 0);--> statement-breakpoint
CREATE INDEX "customers_undecided" ON "customers" USING btree ("state_since","user_id") WHERE ("customers"."details_version" > 0 and ("customers"."wallet_block" is null or "customers"."wallet_block" = 'lifting') and "customers"."consent_withdrawn_at" is null and (
    ("customers"."state" = 'conflict' and "customers"."conflict_dismissed_at" is null)
    or ("customers"."state" = 'rejected' and "customers"."review" is null)));--> statement-breakpoint
CREATE FUNCTION customers_state_since() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.state_since := now();
	RETURN NEW;
END $$;
--> statement-breakpoint
-- Here and not in the code, so that no writer of these columns can forget it.
CREATE TRIGGER customers_state_since
	BEFORE UPDATE OF "state", "verification_status", "wallet_status", "wallet_block", "sent_version", "accepted_version" ON "customers"
	FOR EACH ROW
	WHEN ((OLD.state, OLD.verification_status, OLD.wallet_status, OLD.wallet_block, OLD.sent_version < OLD.accepted_version)
		IS DISTINCT FROM (NEW.state, NEW.verification_status, NEW.wallet_status, NEW.wallet_block, NEW.sent_version < NEW.accepted_version))
	EXECUTE FUNCTION customers_state_since();
