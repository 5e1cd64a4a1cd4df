//! How long a survey still is, for customers who want to know.

use super::graph::{Question, SurveyGraph};
use crate::domain::contact::Channel;

impl SurveyGraph {
    /// How many questions are asked at most from question `no` on, itself included: along the longest way there is.
    pub fn at_most_from(&self, no: u16, channel: Channel) -> usize {
        let mut known = vec![None; self.questions().len()];
        self.longest(no, channel, &mut known)
    }

    fn longest(&self, no: u16, channel: Channel, known: &mut [Option<usize>]) -> usize {
        let Some(question) = self.at(no) else { return 0 };
        if let Some(Some(length)) = known.get(usize::from(no)) {
            return *length;
        }
        // The validator refuses loops, so this ends.
        let after = ways(question).map(|target| self.longest(target, channel, known)).max().unwrap_or(0);
        let length = after + usize::from(question.asked_on(channel));
        if let Some(place) = known.get_mut(usize::from(no)) {
            *place = Some(length);
        }
        length
    }
}

/// The questions that may come next.
fn ways(question: &Question) -> impl Iterator<Item = u16> {
    let routes = &question.routes;
    routes.branches.iter().map(|branch| branch.target).chain([routes.otherwise]).flatten()
}
