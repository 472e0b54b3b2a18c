-- Where a command line asked from when somebody let it in: who looks through theirs knows it again by that.
alter table api_keys add column device_address text;
