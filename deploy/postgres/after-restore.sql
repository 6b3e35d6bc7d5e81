-- After a restore to an older moment, before the portal starts: ends every session and revokes every customer's access.
-- Sessions that ended since, and access that was revoked since, would be valid again (docs/databases.md).
--   psql -d portal -f deploy/postgres/after-restore.sql
\set ON_ERROR_STOP on
begin;
-- The portal's first round ends them, as it does with any expired session.
update sessions set expires_at = now();
update authorisations
set epoch = epoch + 1, last_reason = 'expired', epoch_started_at = now(), attempts = 0, next_attempt_at = now();
commit;
