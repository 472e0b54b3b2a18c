-- A renewal that was cut off may have used up the refresh token: its worker died, or the vendor's answer never came. Set from then until
-- a renewal succeeds, so that a refusal of the old refresh token is told as what it is.
alter table vendor_tokens add column renewal_lost_at timestamptz;
