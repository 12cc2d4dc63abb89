//! The splits of 2019, to the last index.

/// numpy's `RandomState(seed).permutation(n)`.
///
/// MT19937 is seeded with `init_genrand(seed)`; then for i = n − 1, …, 1 words are drawn, masked to the bits of i and refused
/// above i, and elements i and j change places. Source: Matsumoto, Nishimura 1998 (doi:10.1145/272991.272995), and the shuffle
/// of numpy's legacy generator. Checked by: `suite::regression::splits_of_2019`.
#[must_use]
pub fn legacy_permutation(n: usize, seed: u32) -> Vec<usize> {
    let mut generator = Mersenne::new(seed);
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        let mask = u32::MAX >> (i as u32).leading_zeros();
        let j = loop {
            let j = generator.next() & mask;
            if j as usize <= i {
                break j as usize;
            }
        };
        order.swap(i, j);
    }
    order
}

/// Training, validation and test frames of 2019 for a trajectory of MD-17 with `n` frames: 50,000, 10,000 and 10,000.
///
/// Returns `None` for fewer than 70,000 frames.
#[must_use]
pub fn md17_split(n: usize) -> Option<[Vec<usize>; 3]> {
    let order = (n >= 70_000).then(|| legacy_permutation(n, 0))?;
    let train = order[..10_000].iter().chain(&order[30_000..70_000]).copied().collect();
    Some([train, order[10_000..20_000].to_vec(), order[20_000..30_000].to_vec()])
}

/// Training, validation and test molecules of 2019 for QM9: 100,000, 17,748 and 13,083 of 130,831; the same shares of fewer.
#[must_use]
pub fn qm9_split(n: usize) -> [Vec<usize>; 3] {
    const PARTS: [usize; 2] = [100_000, 17_748];
    const ALL: usize = 130_831;
    let order = legacy_permutation(n, 0);
    let first = PARTS[0] * n / ALL;
    let second = first + PARTS[1] * n / ALL;
    [order[..first].to_vec(), order[first..second].to_vec(), order[second..].to_vec()]
}

/// MT19937.
struct Mersenne {
    state: [u32; 624],
    next: usize,
}

impl Mersenne {
    fn new(seed: u32) -> Self {
        let mut state = [seed; 624];
        for k in 1..624 {
            let before = state[k - 1];
            state[k] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(k as u32);
        }
        Self { state, next: 624 }
    }

    fn next(&mut self) -> u32 {
        if self.next == 624 {
            for k in 0..624 {
                let word = (self.state[k] & 0x8000_0000) | (self.state[(k + 1) % 624] & 0x7fff_ffff);
                let twist = if word & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[k] = self.state[(k + 397) % 624] ^ (word >> 1) ^ twist;
            }
            self.next = 0;
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }
}
