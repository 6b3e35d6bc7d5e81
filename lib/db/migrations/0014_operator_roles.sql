-- Sessions with the role `operator` of earlier versions match no role: their owners sign in again.
CREATE TABLE "approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"action" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"target" text,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"decision" text,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"mac" text
);
--> statement-breakpoint
CREATE TABLE "case_notes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"action" text,
	"reason" text,
	"text_sealed" text,
	"created_at" timestamp with time zone NOT NULL,
	"mac" text
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "role_group" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "flash" text;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_notes" ADD CONSTRAINT "case_notes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "approvals_open" ON "approvals" USING btree ("user_id","action") WHERE "approvals"."decision" is null;--> statement-breakpoint
CREATE INDEX "case_notes_user" ON "case_notes" USING btree ("user_id","created_at");