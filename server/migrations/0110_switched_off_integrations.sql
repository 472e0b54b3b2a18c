-- Which of the integrations that come along are switched off. Their mappings, credentials and definitions stay.
create table switched_off_integrations (
  name text primary key,
  switched_off_at timestamptz not null default now()
);

grant select, insert, delete on switched_off_integrations to crosswalk_app;
