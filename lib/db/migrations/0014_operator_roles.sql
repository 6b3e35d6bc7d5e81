-- Sessions with the role `operator` of earlier versions match no role: their owners sign in again.
ALTER TABLE "sessions" ADD COLUMN "role_group" text;
