-- Counts the changes of what people edit of a mapping. Its entity tag is made of that: a list has one for each of its mappings, and a digest
-- of each mapping's content took a tenth of the time of a list.
alter table organization_mappings add column revision integer not null default 1;
