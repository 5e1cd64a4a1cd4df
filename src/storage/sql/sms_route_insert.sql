-- How a route is that was not known, under the lease.
INSERT INTO sms_route (name, node, kind, state, detail, changed_at, seen_at, taken, refused, unknown)
SELECT @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12
WHERE NOT EXISTS (SELECT 1 FROM sms_route t WHERE t.name = @P3)
  AND EXISTS (SELECT 1 FROM lease l WHERE l.role = @P1 AND l.epoch = @P2)
