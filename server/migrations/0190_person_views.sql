-- Who looks at the installation as somebody else: the session of an administrator, for half an hour at most. Reading only. The names are
-- for the audit, where one of the two is removed meanwhile.
create table person_views (
  -- It ends with the session: the row stays until its end is in the audit.
  session_id uuid primary key,
  viewer_id uuid not null,
  viewer_name text not null,
  person_id uuid not null,
  person_name text not null,
  ends_at timestamptz not null
);
grant select, insert, delete on person_views to crosswalk_app;
