-- Text as people look for it: without accents, and with ß, æ and their like as they are typed elsewhere. Case is left to ilike.
-- What is plain already, as nearly all names are, costs a comparison of two lengths.
create function plain_text(text text) returns text language sql immutable parallel safe as $$
  select case
    when octet_length(text) = length(text) then text
    else replace(replace(replace(replace(replace(
      regexp_replace(normalize(translate(text, 'ẞØøĐđÐðŁłı', 'ßOoDdDdLli'), nfd), '[\u0300-\u036f]+', '', 'g'),
      'ß', 'ss'), 'Æ', 'AE'), 'æ', 'ae'), 'Œ', 'OE'), 'œ', 'oe')
  end
$$;
