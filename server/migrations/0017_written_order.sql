-- What people wrote, and what is shown to them, keeps the order in which it was written: jsonb sorts the members of an object by the
-- length of their names. What only the platform reads stays jsonb.

-- Rewritten across all organizations.
select set_config('crosswalk.scope', 'all', true);

-- An error had no bound: one of a hundred megabytes made each list that it was in fail.
update executions set error = jsonb_build_object(
    'type', left(error ->> 'type', 200),
    'message', left(error ->> 'message', 8000) || '… (the rest was dropped)',
    'details', jsonb_strip_nulls(jsonb_build_object('code', left(error #>> '{details,code}', 200), 'integration_name', left(error #>> '{details,integration_name}', 200)))
  ) where pg_column_size(error) > 32768;
update execution_steps set error = jsonb_build_object(
    'type', left(error ->> 'type', 200),
    'message', left(error ->> 'message', 8000) || '… (the rest was dropped)',
    'details', jsonb_strip_nulls(jsonb_build_object('code', left(error #>> '{details,code}', 200)))
  ) where pg_column_size(error) > 32768;

alter table executions alter column input drop default;
alter table executions
  alter column input type json using input::json,
  alter column result type json using result::json,
  alter column error type json using error::json;
alter table executions alter column input set default '{}';
alter table execution_steps alter column error type json using error::json;
alter table execution_logs alter column data type json using data::json;

alter table batches alter column parameters drop default;
alter table batches alter column parameters type json using parameters::json;
alter table batches alter column parameters set default '{}';
alter table schedules alter column parameters type json using parameters::json;

-- Claims ask for a workflow's limits all the time: they are kept beside the definition, so that nobody has to parse it for them.
alter table definitions alter column definition type json using definition::json;
alter table definitions
  add column max_per_organization bigint generated always as ((definition #>> '{concurrency,perOrganization}')::bigint) stored,
  add column max_total bigint generated always as ((definition #>> '{concurrency,total}')::bigint) stored;

alter table organization_mappings drop constraint organization_mappings_mapping_data_check;
alter table organization_mappings
  alter column mapping_data type json using mapping_data::json,
  alter column last_test_details type json using last_test_details::json;
alter table organization_mappings add constraint organization_mappings_mapping_data_check check (json_typeof(mapping_data) = 'object');

alter table external_organizations alter column metadata drop default;
alter table external_organizations alter column metadata type json using metadata::json;
alter table external_organizations alter column metadata set default '{}';

alter table data_provider_cache alter column options type json using options::json;
alter table config alter column value type json using value::json;
