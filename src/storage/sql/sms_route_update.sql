-- How a route is, under the lease.
UPDATE sms_route
SET node = @P4, kind = @P5, state = @P6, detail = @P7, changed_at = @P8, seen_at = @P9, taken = @P10, refused = @P11, unknown = @P12
WHERE name = @P3 AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
