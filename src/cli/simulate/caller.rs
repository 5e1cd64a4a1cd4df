//! One caller: asks for a survey, presses keys until it is over, or hangs up.

use std::time::Duration;

use super::client::{ApiClient, Reply};
use super::scores::Given;
use crate::foundation::{Chance, Clock};

/// Questions after which a caller hangs up in any case; no survey is longer.
const QUESTIONS_MAX: usize = 60;

/// A caller and how they feel.
pub(super) struct Caller {
    pub(super) dn: Option<String>,
    pub(super) queue: String,
    pub(super) ani: String,
    pub(super) call_id: String,
    pub(super) language: &'static str,
    pub(super) agent_id: &'static str,
    pub(super) agent_name: &'static str,
    pub(super) team: &'static str,
    /// How content, 0 to 1.
    pub(super) content: f64,
    pub(super) hangs_up: bool,
}

/// How a call went.
#[derive(Debug, Default)]
pub(super) struct Played {
    /// The state the response ended in.
    pub(super) ended: Option<String>,
    /// Why no survey was offered.
    pub(super) not_offered: Option<String>,
    /// How long each request took.
    pub(super) took: Vec<(&'static str, Duration)>,
    /// What went wrong.
    pub(super) error: Option<String>,
    /// Answers acknowledged.
    pub(super) answers: Vec<Given>,
}

impl Caller {
    /// Plays the call to its end.
    pub(super) async fn play(&self, client: &ApiClient, chance: &dyn Chance, clock: &dyn Clock) -> Played {
        let mut played = Played::default();
        if let Err(error) = self.talk(client, chance, clock, &mut played).await {
            played.error = Some(error);
        }
        played
    }

    async fn talk(
        &self,
        client: &ApiClient,
        chance: &dyn Chance,
        clock: &dyn Clock,
        played: &mut Played,
    ) -> Result<(), String> {
        let dn = self.dn.as_deref().unwrap_or_default();
        let facts = [
            ("dn", dn),
            ("ani", &self.ani),
            ("call_id", &self.call_id),
            ("lang", self.language),
            ("queue", &self.queue),
            ("agent_id", self.agent_id),
            ("agent_name", self.agent_name),
            ("team", self.team),
        ];
        let mut reply = timed("survey", client, &facts, clock, played).await?;
        if reply.result == "NONE" {
            played.not_offered = reply.code;
            return Ok(());
        }
        let response = reply.response_id.clone().unwrap_or_default();
        let patience =
            if self.hangs_up { usize::try_from(chance.below(3)).unwrap_or(0) } else { QUESTIONS_MAX };
        let mut asked = 0;
        while reply.result == "QUESTION" && asked < patience {
            let question = reply.question_id.clone().unwrap_or_default();
            let value = self.answer_to(&reply, chance);
            let fields = [("response_id", response.as_str()), ("question_id", &question), ("value", &value)];
            let next = timed("answer", client, &fields, clock, played).await?;
            played.answers.push(Given::of(&reply, &value));
            reply = next;
            asked += 1;
        }
        if reply.result == "QUESTION" {
            let fields = [("response_id", response.as_str()), ("status", "hangup")];
            reply = timed("complete", client, &fields, clock, played).await?;
        }
        played.ended = reply.state;
        Ok(())
    }

    /// A key or two that suit the mood; now and then none at all.
    fn answer_to(&self, question: &Reply, chance: &dyn Chance) -> String {
        if chance.fraction() < 0.03 {
            return "-1".to_owned();
        }
        // The mean of two draws pulled towards the mood: most answers near it, some far away.
        let feeling = (self.content + 0.55 * (chance.fraction() + chance.fraction() - 1.0)).clamp(0.0, 1.0);
        match question.kind.as_deref() {
            Some("yes_no") => if chance.fraction() < self.content { "1" } else { "2" }.to_owned(),
            Some("choice") => {
                let choices = u64::try_from(question.choices.len()).unwrap_or(1);
                (1 + chance.below(choices.max(1))).to_string()
            }
            Some("voice_comment") => "-1".to_owned(),
            _ => {
                let (min, max) = (question.min.unwrap_or(1), question.max.unwrap_or(5));
                (min..=max).rev().find(|n| share(*n, min, max) <= feeling).unwrap_or(min).to_string()
            }
        }
    }
}

/// Where on a scale a value stands, 0 to just below 1, so that each value has its part of the feelings.
#[expect(clippy::cast_precision_loss, reason = "scales are a dozen values long")]
fn share(value: i64, min: i64, max: i64) -> f64 {
    (value - min) as f64 / (max - min + 1) as f64
}

async fn timed(
    name: &'static str,
    client: &ApiClient,
    fields: &[(&str, &str)],
    clock: &dyn Clock,
    played: &mut Played,
) -> Result<Reply, String> {
    let begun = clock.monotonic();
    let reply = client.call(name, fields).await;
    played.took.push((name, clock.monotonic().saturating_sub(begun)));
    reply
}
