-- Messages that are older than a time and id, the newest first; of a number, a response and in states, where given.
SELECT TOP (@P1) m.id, m.response_id, m.purpose, m.number, m.language, m.text, m.route_wanted, m.created_at, m.due_at, m.expires_at, m.attempt, m.doubles, m.state, m.parts, m.route, m.cause, m.submitted_at, m.changed_at
FROM outbox m
WHERE (m.created_at < @P2 OR (m.created_at = @P2 AND m.id < @P3))
  AND (@P4 = N'' OR m.number = @P4)
  AND (@P5 = @P7 OR m.response_id = @P5)
  AND (@P6 = N'' OR CHARINDEX(N',' + m.state + N',', @P6) > 0)
ORDER BY m.created_at DESC, m.id DESC
