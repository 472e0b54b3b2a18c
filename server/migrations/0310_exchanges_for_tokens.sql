-- What a request was for: `call`, what author code asked of a vendor, or `token`, a token that this needed first.
alter table execution_exchanges add column purpose text not null default 'call';
