-- One identity of a provider for each user. Where a user has several, the one that was linked first stays: whoever was
-- linked later is found by their verified address at their next sign-in, or refused.
DELETE FROM "accounts" AS "later" USING "accounts" AS "first"
	WHERE "first"."user_id" = "later"."user_id" AND "first"."provider" = "later"."provider"
	AND ("first"."created_at", "first"."provider_account_id") < ("later"."created_at", "later"."provider_account_id");
--> statement-breakpoint
-- Links that wait carry no MAC; who asked for one asks again.
DELETE FROM "verification_tokens";
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "subject_sealed" text;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "mac" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "mac" text;--> statement-breakpoint
ALTER TABLE "verification_tokens" ADD COLUMN "mac" text;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_provider" UNIQUE("user_id","provider");
