-- Begins a response: offered, nothing answered.
INSERT INTO response (id, survey_id, version_id, service_id, channel, language, seed, state, seq, offered_at, updated_at)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, 'offered', 0, @P8, @P8)
