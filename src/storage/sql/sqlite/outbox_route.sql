-- The route that has a message, and since when; NULL before it was handed over.
SELECT m.route, m.submitted_at FROM outbox m WHERE m.id = @P1
