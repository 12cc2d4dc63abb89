//! Splits of a data set.

use cormorant::fit::Split;

#[test]
fn random_parts_share_no_frame_and_repeat() {
    // Catches a split whose test frames were trained on, or that changes from run to run.
    let split = Split::random(1000, 700, 100, 150, 7).unwrap();
    let mut all = [split.train.clone(), split.validation.clone(), split.test.clone()].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 950);
    assert_eq!(split, Split::random(1000, 700, 100, 150, 7).unwrap());
    assert_ne!(split, Split::random(1000, 700, 100, 150, 8).unwrap());
}

#[test]
fn a_larger_training_set_contains_the_smaller_one() {
    // Catches learning curves judged on different frames.
    let (small, large) = (Split::random(500, 50, 50, 100, 1).unwrap(), Split::random(500, 300, 50, 100, 1).unwrap());
    assert_eq!((&small.validation, &small.test), (&large.validation, &large.test));
    assert!(small.train.iter().all(|index| large.train.contains(index)));
}

#[test]
fn shuffling_is_even() {
    // Catches a shuffle that favours the start of the file: the mean index of a part, in sigmas of a fair draw.
    let split = Split::random(10_000, 2_000, 0, 0, 5).unwrap();
    let mean = split.train.iter().sum::<usize>() as f64 / 2000.0;
    let sigma = 10_000.0 / 12_f64.sqrt() / 2000_f64.sqrt();
    assert!(((mean - 5000.0) / sigma).abs() < 4.0, "{mean}");
}

#[test]
fn impossible_splits_are_refused() {
    // Catches a program that trains on fewer frames than asked, or on a test frame.
    let message = |result: cormorant::Result<Split>| result.unwrap_err().to_string();
    assert!(message(Split::random(100, 90, 10, 1, 0)).contains("the data have 100"));
    assert!(message(Split::random(100, usize::MAX, 10, 1, 0)).contains("the data have 100"));
    assert!(message(Split::random(100, 0, 10, 1, 0)).contains("no frame left for training"));
    assert!(
        message(Split::listed(10, vec![0, 1], vec![2], vec![1]))
            .contains("frame 1 is listed as training and again as test")
    );
    assert!(message(Split::listed(10, vec![0, 10], vec![], vec![])).contains("training frame 10 is outside"));
    assert!(message(Split::counted(1, None, None, 0, 0)).contains("training"));
    assert_eq!(Split::listed(10, vec![3, 1], vec![0], vec![]).unwrap().train, [1, 3]);
}

#[test]
fn a_record_reads_back() {
    // Catches a split that cannot be repeated from what was written about it.
    let split = Split::random(20, 10, 5, 5, 2).unwrap();
    let text = serde_json::to_string(&split).unwrap();
    assert_eq!(serde_json::from_str::<Split>(&text).unwrap(), split);
}
