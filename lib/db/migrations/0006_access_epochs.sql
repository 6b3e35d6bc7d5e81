ALTER TABLE "authorisations" RENAME COLUMN "wanted" TO "epoch";--> statement-breakpoint
ALTER TABLE "authorisations" RENAME COLUMN "done" TO "revoked_epoch";--> statement-breakpoint
ALTER TABLE "authorisations" RENAME COLUMN "wanted_at" TO "epoch_started_at";
