CREATE TABLE "search_tokens" (
	"token" bigint NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "search_tokens_token_user_id_pk" PRIMARY KEY("token","user_id")
);
--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "state_since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "searchable" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "search_tokens" ADD CONSTRAINT "search_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "search_tokens_user" ON "search_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "authorisations_unrevoked" ON "authorisations" USING btree ("epoch_started_at","user_id") WHERE "authorisations"."epoch" > "authorisations"."revoked_epoch";--> statement-breakpoint
CREATE INDEX "customers_wallet" ON "customers" USING btree ("wallet_id");--> statement-breakpoint
CREATE INDEX "users_newest" ON "users" USING btree ("created_at","id") WHERE "users"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "users_blocked" ON "users" USING btree ("blocked_at","id") WHERE ("users"."blocked_at" is not null and "users"."deleted_at" is null);--> statement-breakpoint
CREATE INDEX "users_not_searchable" ON "users" USING btree ("id") WHERE (not "users"."searchable" and "users"."deleted_at" is null);--> statement-breakpoint
-- Nothing tells since when an existing customer waits. The time of the first details is the longest that it can be.
UPDATE "customers" SET "state_since" = "created_at" WHERE "state" <> 'linked' OR upper("verification_status") <> 'ACCEPTED' OR upper("wallet_status") <> 'ACTIVE';
