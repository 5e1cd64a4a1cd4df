-- Asks for a survey. An empty text stands for none.
DECLARE @offer TABLE (
    id VARBINARY(16) NOT NULL, at BIGINT NOT NULL, service_id VARBINARY(16) NOT NULL, dn NVARCHAR(100) NOT NULL,
    customer NVARCHAR(100) NOT NULL, call_id NVARCHAR(200) NOT NULL, agent_id NVARCHAR(100) NOT NULL,
    agent_name NVARCHAR(200) NOT NULL, team NVARCHAR(200) NOT NULL, queue NVARCHAR(200) NOT NULL,
    result NVARCHAR(40) NOT NULL, trace NVARCHAR(MAX) NOT NULL, node NVARCHAR(200) NOT NULL, survey_id VARBINARY(16) NOT NULL,
    version_id VARBINARY(16) NOT NULL, channel NVARCHAR(16) NOT NULL, language NVARCHAR(64) NOT NULL, seed BIGINT NOT NULL);
INSERT INTO @offer (id, at, service_id, dn, customer, call_id, agent_id, agent_name, team, queue, result, trace, node,
                    survey_id, version_id, channel, language, seed)
VALUES
