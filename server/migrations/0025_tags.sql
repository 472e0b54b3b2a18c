-- Tags of organizations: words that grants, selections and lists name several of them by.
alter table organizations add column tags text[] not null default '{}' check (array_position(tags, null) is null);
