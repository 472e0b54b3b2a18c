-- What a client was called with, where the call is a step: JSON text with no secret in it, cut where it is long.
alter table execution_steps add column arguments text;
