-- Audit events are kept by days, where the operator says so: those that go are the oldest of the chain, and what they were linked to stays
-- as its anchor. And they are sent on, in the order of the chain, from a cursor.

create table audit_anchor (
  is_only boolean primary key default true check (is_only),
  -- The last link that was deleted, and how many there were.
  sequence bigint not null,
  hash bytea not null,
  forgotten_at timestamptz not null default now()
);
grant select on audit_anchor to crosswalk_app;

create table audit_sinks (
  name text primary key check (name in ('syslog', 'webhook')),
  -- The last link that it has.
  cursor bigint not null,
  -- The process that sends, and until when it has to be heard of again.
  sender uuid,
  sending_until timestamptz not null default now(),
  sent_at timestamptz,
  failures integer not null default 0,
  failing_since timestamptz,
  last_error text,
  next_attempt_at timestamptz not null default now()
);
grant select, insert, update, delete on audit_sinks to crosswalk_app;

-- The application cannot delete an event or a link. It can have the oldest of the chain forgotten, none younger than a month and none that
-- a sink does not have yet, unless nobody has sent to it for a month. Returns how many went.
create function forget_audit_events(before timestamptz, max_events integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  last bigint;
  forgotten integer;
begin
  if before > now() - interval '30 days' then
    raise exception 'audit events are kept for at least 30 days';
  end if;
  -- Two that forget take turns.
  perform pg_advisory_xact_lock(7071008);
  with oldest as (
    select l.sequence, e.at from audit_links l left join audit_events e on e.id = l.event_id order by l.sequence limit max_events
  ), kept as (
    select least((select min(sequence) from oldest where at >= before), (select min(cursor) + 1 from audit_sinks where sending_until > now() - interval '30 days')) as first
  )
  select max(sequence) into last from oldest, kept where kept.first is null or sequence < kept.first;
  if last is null then
    return 0;
  end if;
  insert into audit_anchor (sequence, hash) select sequence, hash from audit_links where sequence = last
    on conflict (is_only) do update set sequence = excluded.sequence, hash = excluded.hash, forgotten_at = now();
  delete from audit_events where id in (select event_id from audit_links where sequence <= last);
  delete from audit_links where sequence <= last;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
revoke all on function forget_audit_events(timestamptz, integer) from public;
grant execute on function forget_audit_events(timestamptz, integer) to crosswalk_app;
