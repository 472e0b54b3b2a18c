-- How people may sign in here: one row.

create table sign_in_settings (
  is_the_one boolean primary key default true check (is_the_one),
  second_factor text not null default 'optional' check (second_factor in ('optional', 'administrators', 'everyone')),
  -- Null where there is none. The client's secret is in platform_secrets.
  single_sign_on jsonb,
  updated_at timestamptz not null default now()
);
insert into sign_in_settings default values;

-- Null where it was opened again meanwhile, as when a second factor is set up.
alter table person_sessions add column opened_by text check (opened_by in ('password', 'passkey', 'single_sign_on'));

grant select, insert, update, delete on sign_in_settings to crosswalk_app;
