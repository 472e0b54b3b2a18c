-- Somebody who has seen the value of a key still knows it after they have left. So it is kept who that is beside the maker: who rotated the key, for
-- the value that is taken now, and for the one before while that is taken too.
alter table api_keys
  -- Null: the maker has seen it.
  add column rotator_type text,
  add column rotator_id text,
  add column rotator_name text,
  add column previous_rotator_type text,
  add column previous_rotator_id text,
  -- Since when the one who has seen the value before knows it.
  add column previous_since timestamptz,
  -- Who rotated it has left: nobody is to use that value, and the key waits for another.
  add column value_ended_at timestamptz;
create index api_keys_of_rotator on api_keys (rotator_type, rotator_id) where rotator_id is not null;
create index api_keys_of_previous_rotator on api_keys (previous_rotator_type, previous_rotator_id) where previous_rotator_id is not null;
