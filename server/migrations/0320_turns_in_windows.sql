-- A worker that asked again and again took half of the rest each time, and so all of a window, before another that waited had asked once.

-- When it last had a turn at the windows of time, where it wants more than it was given: the lowest is the first of those that wait. 0 where a
-- turn was of no use.
alter table budget_workers add column turn_since_ms bigint;

-- Gives a worker what it may use of a budget. The row of the budget is locked, so of simultaneous ones each sees what the others took.
--
-- windows: [{ key, people, background, per_ms, fixed, skew_ms, grain_ms, chunk }]; all of them hold at once.
-- reports: what became of what was given before, [{ key, until, count, ago_ms, late }]: it had reached the vendor so long ago; where ago_ms
-- is null it was not used, and late says that it could not be. reach_ms: what is given reaches the vendor within this time from now.
-- calls_now: under way. calls_of_people, calls_behind: those that wait. calls_ahead: that are likely to come soon.
-- calls_in_hand: what the worker has of earlier chunks. max_granted: it can use no more than that in time.
create or replace function take_budget(
  given_id text, given_worker text, windows jsonb, reports jsonb, reach_ms float8, max_permits int,
  calls_now int, calls_of_people int, calls_behind int, calls_ahead int, calls_in_hand int, max_granted int, organizations_waiting int,
  out granted int, out slots jsonb, out allotted int, out wait_ms float8, out paused_ms float8, out others_wait boolean
) returns record language plpgsql volatile
as $$
declare
  budget record;
  mine record;
  others record;
  time_limit jsonb;
  now_ms float8;
  spent bigint;
  for_people int;
  free_people bigint := 1000000;
  free_background bigint := 1000000;
  room bigint;
  kept_for_others bigint;
  usable bigint := 1000000;
  organizations_in_windows int;
  min_part int := 1;
  waiting int := calls_of_people + calls_behind;
  wanted int := least(max_granted, greatest(0, waiting - calls_in_hand));
  people_wanted int := greatest(0, calls_of_people - calls_in_hand);
  until bigint;
  cap int;
  held int := 0;
  reserved int := 0;
  organizations_in_all int;
  is_waiting boolean;
begin
  select b.paused_until, b.used_at into budget from budgets b where b.id = given_id for update;
  if not found then return; end if;
  now_ms := extract(epoch from clock_timestamp()) * 1000;
  if budget.used_at < now() - interval '1 minute' then update budgets b set used_at = now() where b.id = given_id; end if;

  if reports <> '[]' then
    update budget_spent s set count = s.count - r.count
      from (select x.key, x.until, sum(x.count)::int as count from jsonb_to_recordset(reports) as x (key text, until bigint, count int) group by 1, 2) r
      where s.budget_id = given_id and s.limit_key = r.key and s.until_ms = r.until;
    insert into budget_spent as s (budget_id, limit_key, until_ms, count)
      select given_id, r.key, budget_counts_until(l.value, now_ms - r.ago_ms), sum(r.count)::int
      from jsonb_to_recordset(reports) as r (key text, until bigint, count int, ago_ms float8)
      join jsonb_array_elements(windows) l on l.value ->> 'key' = r.key
      where r.ago_ms is not null
      group by 2, 3
      on conflict (budget_id, limit_key, until_ms) do update set count = s.count + excluded.count;
  end if;
  delete from budget_spent s where s.budget_id = given_id and (s.until_ms <= now_ms or s.count <= 0);
  delete from budget_workers w where w.budget_id = given_id and w.leased_until_ms < now_ms - 60000 and w.wants_until_ms < now_ms;

  select coalesce(sum(w.people), 0)::int as people, coalesce(sum(w.organizations), 0)::int as organizations, count(*) as workers
    into others from budget_workers w where w.budget_id = given_id and w.worker_id <> given_worker and w.wants_until_ms > now_ms;
  others_wait := others.workers > 0;
  organizations_in_windows := greatest(1, organizations_waiting) + others.organizations;
  select w.permits, w.waits_since_ms, w.turn_since_ms into mine from budget_workers w where w.budget_id = given_id and w.worker_id = given_worker;
  -- What it gives back came too late for it: it has had no turn.
  if wanted > 0 and reports @? '$[*] ? (@.late == true)' then mine.turn_since_ms := 0; end if;
  paused_ms := greatest(0, coalesce(extract(epoch from budget.paused_until) * 1000 - now_ms, 0));

  -- Windows of time: what is given now counts from now on.
  for time_limit in select value from jsonb_array_elements(windows) loop
    select coalesce(sum(s.count), 0) into spent from budget_spent s where s.budget_id = given_id and s.limit_key = time_limit ->> 'key';
    free_people := least(free_people, (time_limit ->> 'people')::int - spent);
    kept_for_others := 0;
    if others_wait then
      -- Who had a turn before this one finds its share, however often this one asks meanwhile.
      select coalesce(sum(least(w.background, ceil((time_limit ->> 'background')::int * greatest(1, w.organizations)::float8
          / organizations_in_windows))), 0)::bigint
        into kept_for_others
        from budget_workers w where w.budget_id = given_id and w.worker_id <> given_worker and w.wants_until_ms > now_ms
          and w.turn_since_ms < coalesce(mine.turn_since_ms, now_ms);
    end if;
    free_background := least(free_background, (time_limit ->> 'background')::int - spent - kept_for_others);
    usable := least(usable, (time_limit ->> 'background')::int);
    min_part := greatest(1, (time_limit ->> 'chunk')::int / 2);
  end loop;
  if paused_ms > 0 then
    granted := 0;
  else
    for_people := greatest(0, least(people_wanted, free_people));
    room := free_background - for_people - others.people;
    if others.organizations > 0 then
      -- Those that wait share all that there is. Of what is left, who comes last would find the smallest part.
      room := least(room, greatest(min_part,
        ceil(usable * greatest(1, organizations_waiting)::float8 / organizations_in_windows)::bigint));
    end if;
    granted := least(max_granted, for_people + greatest(0, least(calls_behind + calls_ahead - greatest(0, calls_in_hand - calls_of_people), room)));
  end if;
  slots := '[]';
  if granted > 0 then
    for time_limit in select value from jsonb_array_elements(windows) loop
      until := budget_counts_until(time_limit, now_ms + reach_ms);
      insert into budget_spent as s (budget_id, limit_key, until_ms, count) values (given_id, time_limit ->> 'key', until, granted)
        on conflict (budget_id, limit_key, until_ms) do update set count = s.count + excluded.count;
      slots := slots || jsonb_build_array(jsonb_build_object('key', time_limit ->> 'key', 'until', until));
    end loop;
  end if;

  -- When to ask again: once all of the limits have room for another.
  if granted < wanted then
    wait_ms := greatest(paused_ms, case when room <= 0 then 50 else 0 end);
    for time_limit in select value from jsonb_array_elements(windows) loop
      cap := (time_limit ->> case when granted < people_wanted then 'people' else 'background' end)::int;
      select coalesce(sum(s.count), 0) into spent from budget_spent s where s.budget_id = given_id and s.limit_key = time_limit ->> 'key';
      if spent < cap then continue; end if;
      select min(x.until_ms) into until from (
        select s.until_ms, sum(s.count) over (order by s.until_ms) as freed from budget_spent s
        where s.budget_id = given_id and s.limit_key = time_limit ->> 'key') x
        where spent - x.freed < cap;
      wait_ms := greatest(wait_ms, until - now_ms);
    end loop;
  end if;

  -- Calls at the same time: each worker is allotted some, and keeps them until it gives them back or its lease ends.
  allotted := 0;
  if max_permits is not null then
    select coalesce(sum(w.permits), 0)::int, (greatest(1, organizations_waiting) + coalesce(sum(greatest(1, w.organizations)), 0))::int
      into held, organizations_in_all
      from budget_workers w where w.budget_id = given_id and w.worker_id <> given_worker and w.leased_until_ms > now_ms and (w.demand > 0 or w.permits > 0);
    -- What those are to have that come before this worker: with calls of people, or that wait for a longer time.
    select coalesce(sum(greatest(0,
        least(w.demand, greatest(1, max_permits * greatest(1, w.organizations) / organizations_in_all)) - case when w.leased_until_ms > now_ms then w.permits else 0 end)), 0)::int
      into reserved
      from budget_workers w where w.budget_id = given_id and w.worker_id <> given_worker and w.wants_until_ms > now_ms
        and case when w.people > 0 then 0 else coalesce(w.waits_since_ms, now_ms) end
          <= case when calls_of_people > 0 then 0 else coalesce(mine.waits_since_ms, now_ms) end;
    -- Where nobody else wants any, it need not ask for each.
    allotted := greatest(0, least(case when others_wait or calls_now + waiting = 0 then calls_now + waiting else max_permits end, max_permits - held - reserved));
  end if;

  is_waiting := granted < wanted or (max_permits is not null and allotted < least(max_permits, calls_now + waiting));
  insert into budget_workers as w
      (budget_id, worker_id, permits, leased_until_ms, demand, people, background, organizations, waits_since_ms, wants_until_ms, turn_since_ms)
    values (given_id, given_worker, case when max_permits is null then 0 else greatest(allotted, calls_now) end, now_ms + 30000, calls_now + waiting,
      case when is_waiting and (max_permits is not null or granted < people_wanted) then calls_of_people else 0 end,
      calls_behind, organizations_waiting,
      case when is_waiting then now_ms end, case when is_waiting then now_ms + least(coalesce(wait_ms, 0), 8000) + 2000 else 0 end,
      case when granted < wanted then now_ms end)
    on conflict (budget_id, worker_id) do update
      set permits = excluded.permits, leased_until_ms = excluded.leased_until_ms, demand = excluded.demand, people = excluded.people,
        background = excluded.background, organizations = excluded.organizations, wants_until_ms = excluded.wants_until_ms,
        -- What people were given was no turn of those behind them.
        turn_since_ms = case when granted <= coalesce(for_people, 0) and excluded.turn_since_ms is not null
          then coalesce(mine.turn_since_ms, excluded.turn_since_ms) else excluded.turn_since_ms end,
        -- A worker that has none waits since it first had to; one that has had a turn is the last.
        waits_since_ms = case when excluded.waits_since_ms is not null and w.permits = 0 then coalesce(w.waits_since_ms, excluded.waits_since_ms)
          else excluded.waits_since_ms end;
end $$;
