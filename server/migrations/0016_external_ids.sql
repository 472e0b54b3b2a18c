-- One rule for external ids: opaque text of 1 to 200 characters, whatever a vendor sends but control characters. Discovery took
-- o'brien, a<b and say "hi" already; mappings do now, too.
alter table organization_mappings drop constraint organization_mappings_external_org_id_check;
alter table organization_mappings add constraint organization_mappings_external_org_id_check
  check (length(external_org_id) between 1 and 200 and external_org_id !~ '[[:cntrl:]]');
