-- A budget is of a credential at a host, whoever uses it: of limits that its users declare differently, the strictest holds for all.

-- By the limit's key: the strictest of those that were declared lately, as { spec, usable, at_ms }.
alter table budgets drop column limits, add column declared jsonb not null default '{}';
-- They are named without their integration from now on, and made again by the next call.
delete from budgets;
