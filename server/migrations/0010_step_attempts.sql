-- What became of each attempt of a step, with the calls that it made; and the key by which a step is known again when another worker
-- goes on with its execution.
alter table execution_steps add column attempts jsonb not null default '[]';
alter table execution_steps add column idempotency_key text;
-- A step that was recorded, and whose worker died before it was shown, is shown by whoever goes on with its execution.
alter table step_records add column recorded_at timestamptz not null default now();
