-- What a person knows a credential by: { "keys": […], "tenant": …, "connection": …, "mapping": … }. No value of a secret is in it.
alter table budgets add column named jsonb not null default '{}';
