-- Whose calls wait, where it is not everybody's: an organization, and null where no organization makes them or all wait.
alter table vendor_breakers add column caller text;
