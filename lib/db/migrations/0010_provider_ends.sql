CREATE TABLE "provider_ends" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"provider_session" text,
	"subject_index" text,
	"issued_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "provider_session" text;--> statement-breakpoint
CREATE INDEX "provider_ends_session" ON "provider_ends" USING btree ("provider_session");--> statement-breakpoint
CREATE INDEX "provider_ends_subject" ON "provider_ends" USING btree ("subject_index");--> statement-breakpoint
CREATE INDEX "provider_ends_created" ON "provider_ends" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "sessions_provider_session" ON "sessions" USING btree ("provider_session");