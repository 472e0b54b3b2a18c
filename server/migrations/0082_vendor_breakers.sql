-- Vendors that are not called for now, since the last calls to them failed.
create table vendor_breakers (
  -- The host; with the credential behind it, where only its calls failed.
  id text primary key,
  host text not null,
  credential text,
  reason text not null,
  opened_at timestamptz not null default now(),
  open_until timestamptz not null,
  -- A call tries whether the vendor is there again; nobody else does until then.
  probe_until timestamptz,
  -- How often in a row it was opened.
  times int not null default 1
);
grant select, insert, update, delete on vendor_breakers to crosswalk_app;
