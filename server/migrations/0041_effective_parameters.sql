-- What the code was called with: its parameters as its schema parsed them, defaults included. Null where they are as they were given, and
-- before the code has begun. Its keys keep their order.
alter table executions add column effective_parameters json;
