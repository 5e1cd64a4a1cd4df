-- Responses with their answers, the newest first: at most @P1 of them, older than a place (@P2, @P3).
SELECT f.id, f.offered_at, f.started_at, f.ended_at, f.state, f.channel, f.language,
       s.[key], s.name, v.number, e.name,
       f.dn, f.customer, f.call_id, f.agent_id, f.agent_name, f.team, f.queue,
       a.question_no, a.question_key, a.kind, a.num, a.text, a.at
FROM (
    SELECT r.id, r.offered_at, r.started_at, r.ended_at, r.state, r.channel, r.language,
           r.survey_id, r.version_id, r.service_id,
           o.dn, o.customer, o.call_id, o.agent_id, o.agent_name, o.team, o.queue
