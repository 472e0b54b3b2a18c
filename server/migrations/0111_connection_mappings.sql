-- A connection of a mapping is of that mapping's organization and integration.
delete from connection_starts c where mapping_id is not null
  and not exists (select from organization_mappings m where (m.id, m.organization_id, m.integration_name) = (c.mapping_id, c.organization_id, c.integration_name));
delete from connections c where mapping_id is not null
  and not exists (select from organization_mappings m where (m.id, m.organization_id, m.integration_name) = (c.mapping_id, c.organization_id, c.integration_name));

alter table organization_mappings add constraint organization_mappings_whose unique (id, organization_id, integration_name);
alter table connections add constraint connections_of_mapping
  foreign key (mapping_id, organization_id, integration_name) references organization_mappings (id, organization_id, integration_name);
alter table connection_starts add constraint connection_starts_of_mapping
  foreign key (mapping_id, organization_id, integration_name) references organization_mappings (id, organization_id, integration_name);
