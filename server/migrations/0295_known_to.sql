-- Who may know a value of a key beside its maker, as the people and the keys of the installation that were behind those who made or rotated it then.
-- Kept with the value: a key that rotates itself, or two that rotate each other, would otherwise lead nowhere. [{ "type": …, "id": … }]
alter table api_keys
  add column known_to jsonb not null default '[]',
  add column previous_known_to jsonb not null default '[]',
  -- Who knew the values before, and until when these were taken: what was started with one is their request. [{ "type": …, "id": …, "until": … }]
  add column once_known_to jsonb not null default '[]';
with recursive walk as (
  select k.id as key_id, true as is_current, k.rotator_type as type, k.rotator_id as id, 0 as distance from api_keys k where k.rotator_id is not null
  union all
  select k.id, false, k.previous_rotator_type, k.previous_rotator_id, 0 from api_keys k where k.previous_rotator_id is not null
  union all
  select w.key_id, w.is_current, m.maker_type, m.maker_id, w.distance + 1
  from walk w join api_keys m on w.type = 'api_key' and w.id = m.id::text
  where w.distance < 20 and not (m.maker_type = 'api_key' and not exists (select from api_keys x where x.id::text = m.maker_id))
), behind as (
  select key_id, is_current, jsonb_agg(jsonb_build_object('type', type, 'id', id)) as known
  from (select distinct on (key_id, is_current) * from walk where type is not null order by key_id, is_current, distance desc) ends
  group by key_id, is_current)
update api_keys k set
  known_to = coalesce((select known from behind b where b.key_id = k.id and b.is_current), '[]'),
  previous_known_to = coalesce((select known from behind b where b.key_id = k.id and not b.is_current), '[]')
where k.rotator_id is not null or k.previous_rotator_id is not null;
-- All who are behind a request: of a retry those of what it continues as well. Null: requester_type and requester_id alone.
alter table approvals add column requesters jsonb;
