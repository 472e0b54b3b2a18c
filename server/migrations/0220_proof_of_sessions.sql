-- When somebody last proved in a session who they are: it is asked again before what would outlast a stolen session.

alter table person_sessions add column proved_at timestamptz not null default now();
update person_sessions set proved_at = created_at;

-- An installation that nobody has an account of yet asks its administrators for a second factor. Others keep what they have.
alter table sign_in_settings alter column second_factor set default 'administrators';
update sign_in_settings set second_factor = 'administrators' where not exists (select from people);
