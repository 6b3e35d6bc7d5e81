CREATE TABLE "details_history" (
	"user_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"event" text NOT NULL,
	"actor" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"sealed" text,
	"consent_version" text NOT NULL,
	"consented_at" timestamp with time zone NOT NULL,
	"reviewers" integer NOT NULL,
	"mac" text,
	CONSTRAINT "details_history_user_id_version_event_actor_pk" PRIMARY KEY("user_id","version","event","actor")
);
--> statement-breakpoint
CREATE TABLE "ended_relationships" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"ended_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "customers_due";--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "accepted_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "review" text;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "review_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "consent_withdrawn_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "ended_relationships_ended" ON "ended_relationships" USING btree ("ended_at");--> statement-breakpoint
CREATE INDEX "customers_review" ON "customers" USING btree ("review_since","user_id") WHERE "customers"."review" = 'waiting';--> statement-breakpoint
CREATE INDEX "customers_due" ON "customers" USING btree ("next_attempt_at") WHERE ("customers"."accepted_version" > 0 and "customers"."consent_withdrawn_at" is null and ("customers"."state" = 'creating' or ("customers"."state" = 'linked' and (
    "customers"."sent_version" < "customers"."accepted_version"
    or upper("customers"."verification_status") <> 'ACCEPTED'
    or upper("customers"."wallet_status") <> 'ACTIVE'))));--> statement-breakpoint
-- What an older version stored was to be handed over without a review.
UPDATE "customers" SET "accepted_version" = "details_version";--> statement-breakpoint
-- Permits re-sealing under another key, and deletion once the relationship has ended. RETENTION_YEARS is one at least.
CREATE FUNCTION details_history_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	resealed details_history%ROWTYPE;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		resealed := OLD;
		resealed.sealed := NEW.sealed;
		resealed.mac := NEW.mac;
		IF NEW IS NOT DISTINCT FROM resealed AND (NEW.sealed IS NULL) = (OLD.sealed IS NULL)
			AND split_part(NEW.mac, '.', 1) <> split_part(OLD.mac, '.', 1) THEN
			RETURN NEW;
		END IF;
	ELSIF TG_OP = 'DELETE' THEN
		IF EXISTS (SELECT FROM ended_relationships WHERE user_id = OLD.user_id AND ended_at < now() - interval '1 year') THEN
			RETURN OLD;
		END IF;
	END IF;
	RAISE EXCEPTION 'details_history is append-only';
END $$;
--> statement-breakpoint
CREATE TRIGGER details_history_append_only BEFORE UPDATE OR DELETE ON "details_history"
	FOR EACH ROW EXECUTE FUNCTION details_history_append_only();
--> statement-breakpoint
CREATE TRIGGER details_history_not_truncated BEFORE TRUNCATE ON "details_history"
	FOR EACH STATEMENT EXECUTE FUNCTION details_history_append_only();
