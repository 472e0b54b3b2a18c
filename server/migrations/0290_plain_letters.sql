-- Þ as people type it, too: the same letters as in the search of the admin interface, and in how names are compared.
create or replace function plain_text(text text) returns text language sql immutable parallel safe as $$
  select case
    when octet_length(text) = length(text) then text
    else replace(replace(replace(replace(replace(replace(replace(
      regexp_replace(normalize(translate(text, 'ẞØøĐđÐðŁłı', 'ßOoDdDdLli'), nfd), '[\u0300-\u036f]+', '', 'g'),
      'ß', 'ss'), 'Æ', 'AE'), 'æ', 'ae'), 'Œ', 'OE'), 'œ', 'oe'), 'Þ', 'TH'), 'þ', 'th')
  end
$$;
