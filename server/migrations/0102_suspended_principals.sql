-- Who keeps their grants for later, and has nothing by them now: a person who is deactivated. What they set, made or started asks for
-- their grants, and not for them.
create table suspended_principals (
  principal_type text not null,
  principal_id text not null,
  primary key (principal_type, principal_id)
);
grant select, insert, delete on suspended_principals to crosswalk_app;

insert into suspended_principals (principal_type, principal_id) select 'person', id::text from people where deactivated_at is not null;
