-- Stores what was counted of a group of a period.
INSERT INTO rollup_group (starts_at, no, survey_id, service_id, channel, language, agent_id, team, queue, hour_at, agent_name, named_at, counts)
VALUES (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10, @P11, @P12, @P13)
