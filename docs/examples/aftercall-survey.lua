-- Surveys the caller on a FreeSWITCH channel: lua(aftercall-survey.lua URL KEY DN [CALL_ID [AGENT_ID [QUEUE]]]).
-- Needs mod_curl for the calls and mod_httapi for prompts by their address. Sets the channel variables survey_result,
-- survey_code and survey_answers.

local base, key, dn = argv[1], argv[2], argv[3]
local api = freeswitch.API()

local function encode(text)
    return (tostring(text):gsub("[^%w%-_.]", function(c) return string.format("%%%02X", c:byte()) end))
end

local entities = { ["&lt;"] = "<", ["&gt;"] = ">", ["&quot;"] = '"', ["&apos;"] = "'", ["&amp;"] = "&" }

-- One call of the API; the reply's flat members by name. Sent twice at most: everything may be repeated. The parameters
-- go into the address, since mod_curl decodes what it posts.
local function call(name, fields, post)
    local url = base .. "/ivr/v1/" .. name .. ".xml?http_status=200"
    for member, value in pairs(fields) do
        url = url .. "&" .. member .. "=" .. encode(value)
    end
    local command = url .. " connect-timeout 3 timeout 5 append_headers X-API-Key:" .. key
        .. (post and " post " .. post or " get")
    for _ = 1, 2 do
        local body = api:execute("curl", command) or ""
        local members = {}
        -- What follows <questions> is the list of all questions, with the same names.
        for member, text in (body:match("^(.-)<questions>") or body):gmatch("<([%w_]+)>([^<]*)</") do
            members[member] = members[member] or text:gsub("&%a+;", entities)
        end
        if members.result and not (members.result == "ERROR" and members.retry_after_s) then return members end
    end
    return { result = "ERROR", code = "unreachable" }
end

-- The digits that are allowed, as an expression for playAndGetDigits.
local function allowed(question)
    local min, max = tonumber(question.min), tonumber(question.max)
    if max == 10 then return min == 0 and "^([0-9]|10)$" or "^([1-9]|10)$" end
    return "^[" .. min .. "-" .. max .. "]$"
end

local function ask(question)
    if not question.prompt_url then
        freeswitch.consoleLog("err", "question " .. question.question_id .. " has no prompt\n")
        return nil
    end
    local again = question.no_match_prompt_url or question.no_input_prompt_url or "silence_stream://250"
    return session:playAndGetDigits(1, tonumber(question.max_digits), tonumber(question.retries) + 1,
        tonumber(question.no_input_ms), "#", question.prompt_url, again, allowed(question), "survey_digits", 3000)
end

local function record(question, response)
    local name = os.tmpname()
    local path = name .. ".wav"
    if question.prompt_url then session:streamFile(question.prompt_url) end
    session:streamFile("tone_stream://%(250,0,800)")
    session:recordFile(path, tonumber(question.max_seconds), 500, 3)
    local file = io.open(path, "rb")
    local bytes = file and file:read("a") or ""
    if file then file:close() end
    os.remove(path)
    os.remove(name)
    local hex = bytes:gsub(".", function(c) return string.format("%02x", c:byte()) end)
    return call("recording", { response_id = response, question_id = question.question_id }, "data=" .. hex)
end

local reply = call("survey", {
    dn = dn, ani = session:getVariable("caller_id_number"), call_id = argv[4] or session:getVariable("uuid"),
    agent_id = argv[5], queue = argv[6], lang = session:getVariable("default_language"),
})
local response = reply.response_id
if reply.result == "QUESTION" and reply.intro_prompt_url then session:streamFile(reply.intro_prompt_url) end
while reply.result == "QUESTION" and session:ready() do
    local question, digits = reply, nil
    if question.type == "voice_comment" then
        reply = record(question, response)
    else
        digits = ask(question)
    end
    if session:ready() and (question == reply or reply.result == "ERROR") then
        if digits == nil or digits == "" then digits = "-1" end
        reply = call("answer", { response_id = response, question_id = question.question_id, value = digits })
    end
end
if response and not session:ready() then
    reply = call("complete", { response_id = response, status = "hangup" })
elseif reply.thanks_prompt_url then
    session:streamFile(reply.thanks_prompt_url)
end
session:setVariable("survey_result", reply.result)
session:setVariable("survey_code", reply.code or "")
session:setVariable("survey_answers", reply.answers or "")
