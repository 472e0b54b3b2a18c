-- How often all workers together renewed the tokens of vendors, and failed to, for figures.
create table token_renewals (
  integration text not null,
  host text not null,
  -- `renewed`, or the kind of the failure.
  outcome text not null,
  renewals bigint not null,
  counted_at timestamptz not null default now(),
  primary key (integration, host, outcome)
) with (fillfactor = 50);

grant select, insert, update, delete on token_renewals to crosswalk_app;
