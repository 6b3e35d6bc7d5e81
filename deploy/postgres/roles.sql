-- Makes the two roles of the portal: the owner of the schema, for `npm run db:migrate`, and the weaker role that the
-- portal runs as. Run it once, connected to the portal's database as an administrator of the server; again is harmless:
--   psql -d portal -v owner=portal_owner -v app=portal_app -f deploy/postgres/roles.sql
-- Then set a password for each (\password portal_owner, \password portal_app). Details: docs/databases.md.
\set ON_ERROR_STOP on
begin;

select format('create role %I login', name) from unnest(array[:'owner', :'app']) as name
where not exists (select from pg_roles where rolname = name) \gexec

-- `db:migrate` creates the schema `drizzle`, and the tables in `public`.
select format('revoke all on database %I from public', current_database()) \gexec
select format('grant connect on database %I to %I, %I', current_database(), :'owner', :'app') \gexec
select format('grant create on database %I to %I', current_database(), :'owner') \gexec
revoke create on schema public from public;
grant usage, create on schema public to :"owner";

-- The limits of the portal's statements. Here they hold behind a pooler as well, and also when the portal dies.
alter role :"app" set statement_timeout = '2s';
alter role :"app" set idle_in_transaction_session_timeout = '5s';

commit;
