//! Splits of a data set.

use cormorant::fit::{DataSet, Numbering, Split, SplitList};

use crate::dataset::real_data;

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
    // Catches a shuffle that favors the start of the file: the mean index of a part, in sigmas of a fair draw.
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

#[test]
fn lists_follow_the_frames_of_the_trajectory() {
    // Catches a list that means other frames once the file is a part of the published one or in another order.
    let list = SplitList {
        numbering: Numbering::OldIndices,
        train: vec![70, 50],
        validation: vec![90],
        ..SplitList::default()
    };
    let split = list.split(4, Some(&[90, 70, 60, 50])).unwrap();
    assert_eq!((split.train, split.validation), (vec![1, 3], vec![0]));
    let message = |numbers| list.split(2, numbers).unwrap_err().to_string();
    assert!(message(Some(&[70, 50])).contains("old index 90"));
    assert!(message(None).contains("the data do not have"));
}

#[test]
fn the_shipped_list_is_split_01() {
    // Catches a list of other frames than those that the published errors were measured on.
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/data/rmd17_ethanol_split_01.json");
    let list = SplitList::read(&path).unwrap();
    assert_eq!((list.train.len(), list.validation.len(), list.test.len()), (950, 50, 1000));
    let Some(train) = real_data("rmd17/rmd17_ethanol_train_01.npz") else { return };
    let Some(test) = real_data("rmd17/rmd17_ethanol_test_01.npz") else { return };
    let [train, test] = [train, test].map(|path| DataSet::read(&path, None).unwrap().numbers.unwrap());
    let of_train = SplitList { test: Vec::new(), ..list.clone() }.split(1000, Some(&train)).unwrap();
    // The same frames as `train = 950`, `validation = 50` and `seed = 1` choose from the file of the training frames.
    let seeded = Split::random(1000, 950, 50, 0, 1).unwrap();
    assert_eq!((of_train.train, of_train.validation), (seeded.train, seeded.validation));
    let mut of_test = list.test;
    let mut expected = test;
    of_test.sort_unstable();
    expected.sort_unstable();
    assert_eq!(of_test, expected);
}
