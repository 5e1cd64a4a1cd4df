-- Stores what was counted of groups of a period.
INSERT INTO rollup_group (starts_at, no, survey_id, service_id, channel, language, agent_id, team, queue, hour_at, agent_name, named_at, counts)
SELECT w.starts_at, w.no, w.survey_id, w.service_id, w.channel, w.language, w.agent_id, w.team, w.queue, w.hour_at, w.agent_name, w.named_at, w.counts
FROM (rows) AS w
