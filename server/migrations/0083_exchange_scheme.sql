-- Whether a call to a vendor was encrypted: `https` or `http`.
alter table execution_exchanges add column scheme text not null default 'https';
