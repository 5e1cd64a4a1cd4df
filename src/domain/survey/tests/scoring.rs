//! Scores by example.

use super::{graph, sample};
use crate::domain::response::AnswerValue;
use crate::domain::survey::scoring::{Metric, Score, score};
use crate::domain::survey::{QuestionKind, RatingMetric};

fn numbers(kind: &QuestionKind, counts: &[(i32, u64)]) -> Score {
    let counts: Vec<_> = counts.iter().map(|(n, count)| (AnswerValue::Number(*n), *count)).collect();
    score(kind, counts.iter().map(|(value, count)| (value, *count)))
}

fn rating(max: i32, metric: Option<RatingMetric>) -> QuestionKind {
    QuestionKind::Rating { min: 1, max, metric }
}

fn check(score: &Score, metric: Metric, n: u64, value: f64) {
    assert_eq!((score.metric, score.n), (metric, n));
    assert!((score.value.unwrap() - value).abs() < 1e-9, "{score:?} is not {value}");
}

#[test]
fn csat_is_the_share_of_the_top_two() {
    let csat = rating(5, Some(RatingMetric::Csat));
    check(&numbers(&csat, &[(5, 3), (4, 2), (3, 1), (1, 2)]), Metric::Csat, 8, 62.5);
    check(&numbers(&csat, &[(3, 7)]), Metric::Csat, 7, 0.0);
}

#[test]
fn nps_is_promoters_minus_detractors() {
    check(
        &numbers(&QuestionKind::Nps, &[(10, 4), (9, 1), (8, 2), (7, 1), (6, 1), (0, 1)]),
        Metric::Nps,
        10,
        30.0,
    );
    check(&numbers(&QuestionKind::Nps, &[(6, 5)]), Metric::Nps, 5, -100.0);
    check(&numbers(&QuestionKind::Nps, &[(7, 5), (8, 1)]), Metric::Nps, 6, 0.0);
}

#[test]
fn ces_and_plain_ratings_are_means_and_yes_is_a_share() {
    check(&numbers(&rating(7, Some(RatingMetric::Ces)), &[(7, 1), (2, 3)]), Metric::Ces, 4, 3.25);
    check(&numbers(&rating(10, None), &[(10, 1), (1, 1)]), Metric::Mean, 2, 5.5);
    let yes = numbers(&QuestionKind::YesNo, &[(1, 3), (0, 1)]);
    check(&yes, Metric::Yes, 4, 75.0);
    assert_eq!(yes.distribution, [("yes".to_owned(), 3), ("no".to_owned(), 1)]);
}

#[test]
fn without_answers_there_is_no_figure_and_skips_do_not_count() {
    let score = score(&QuestionKind::Nps, [(&AnswerValue::Skipped, 9)]);
    assert_eq!((score.n, score.value, score.skipped), (0, None, 9));
    assert_eq!(score.distribution.len(), 11, "values never given are shown too");
    let off_the_scale = numbers(&rating(5, None), &[(9, 4), (5, 1)]);
    check(&off_the_scale, Metric::Mean, 1, 5.0);
}

#[test]
fn choices_are_counted_in_their_order_and_comments_by_number() {
    let graph = graph(&sample());
    let kind = |key: &str| graph.question(key).unwrap().kind.clone();
    let taken = |key: &str| AnswerValue::Choice(key.to_owned());
    let counts = [(taken("other"), 2), (taken("bill"), 1), (taken("gone"), 4)];
    let choices = score(&kind("topic"), counts.iter().map(|(value, n)| (value, *n)));
    let expected = [("bill", 1), ("line", 0), ("other", 2), ("gone", 4)];
    assert_eq!(choices.distribution, expected.map(|(key, n)| (key.to_owned(), n)));
    assert_eq!((choices.metric, choices.n, choices.value), (Metric::Choices, 7, None));
    let comments = score(&kind("why"), [(&AnswerValue::Text(String::new()), 5), (&AnswerValue::Skipped, 2)]);
    assert_eq!((comments.n, comments.skipped, comments.value), (5, 2, None));
    assert_eq!(score(&kind("say"), [(&AnswerValue::Recording("r".into()), 3)]).n, 3);
}

#[test]
fn figures_are_written_with_their_sign_and_unit() {
    assert_eq!(Metric::Csat.format(82.44), "82.4 %");
    assert_eq!(Metric::Nps.format(35.0), "+35.0");
    assert_eq!(Metric::Nps.format(-12.25), "-12.2");
    assert_eq!(Metric::Nps.format(-0.01), "0.0");
    assert_eq!(Metric::Ces.format(4.206), "4.21");
    assert_eq!((Metric::Yes.unit(), Metric::Mean.unit()), ("%", ""));
}
