-- Events are stored without a lock and sealed into the chain afterwards (lib/audit/seal.ts).
CREATE SEQUENCE "public"."audit_event_ids" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
DROP INDEX "audit_events_subject";--> statement-breakpoint
ALTER TABLE "audit_events" DROP CONSTRAINT "audit_events_pkey";--> statement-breakpoint
ALTER TABLE "audit_events" ALTER COLUMN "seq" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_events" ALTER COLUMN "kid" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_events" ALTER COLUMN "hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "mac" text;--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "id" bigint;--> statement-breakpoint
-- Existing events are numbered by their place in the chain. A change of type fires no trigger.
ALTER TABLE "audit_events" ALTER COLUMN "id" SET DATA TYPE bigint USING "seq";--> statement-breakpoint
ALTER TABLE "audit_events" ADD PRIMARY KEY ("id");--> statement-breakpoint
SELECT setval('audit_event_ids', (SELECT coalesce(max("id"), 0) + 1 FROM "audit_events"), false);--> statement-breakpoint
CREATE UNIQUE INDEX "audit_events_seq" ON "audit_events" USING btree ("seq") WHERE "audit_events"."seq" is not null;--> statement-breakpoint
CREATE INDEX "audit_events_unsealed" ON "audit_events" USING btree ("id") WHERE "audit_events"."seq" is null;--> statement-breakpoint
CREATE INDEX "audit_events_subject" ON "audit_events" USING btree ("subject","id");--> statement-breakpoint
-- Permits one change of an event: an unsealed one gets its place in the chain, and nothing else of it changes.
CREATE OR REPLACE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	sealed audit_events%ROWTYPE;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		sealed := OLD;
		sealed.seq := NEW.seq;
		sealed.kid := NEW.kid;
		sealed.hash := NEW.hash;
		IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW IS NOT DISTINCT FROM sealed THEN
			RETURN NEW;
		END IF;
	END IF;
	RAISE EXCEPTION 'audit_events is append-only';
END $$;
--> statement-breakpoint
DROP TRIGGER audit_events_append_only ON "audit_events";--> statement-breakpoint
CREATE TRIGGER audit_events_append_only BEFORE DELETE OR TRUNCATE ON "audit_events"
	FOR EACH STATEMENT EXECUTE FUNCTION audit_events_append_only();
--> statement-breakpoint
CREATE TRIGGER audit_events_sealed_once BEFORE UPDATE ON "audit_events"
	FOR EACH ROW EXECUTE FUNCTION audit_events_append_only();
