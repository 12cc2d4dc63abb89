//! Rows of an atom into the frame of an edge and back, with the entries of the frame in `d6`, `d7`, ...

use cormorant_so3::row;

use super::code::{Code, sum_of_products};
use super::frame::{AZIMUTH, polar};

/// D x into p: rows `{from}0`, `{from}1`, ... to `{to}0`, `{to}1`, ...
pub fn into_frame(code: &mut Code, degree: usize, from: &str, to: &str) {
    let d = |entry: usize| format!("d{entry}");
    code.number(&format!("{to}0"), &format!("{from}0"));
    for l in 1..=degree {
        let (cos, sin) = (|m: usize| d(AZIMUTH + m - 1), |m: usize| d(AZIMUTH + degree + m - 1));
        let x = |m: isize| format!("{from}{}", row(l, m));
        let (plus, minus) = (|m: usize| format!("{to}_{l}p{m}"), |m: usize| format!("{to}_{l}m{m}"));
        code.number(&plus(0), &x(0));
        for m in 1..=l {
            let (a, b) = (x(m as isize), x(-(m as isize)));
            code.number(&plus(m), &format!("fma({}, {b}, {} * {a})", sin(m), cos(m)));
            code.number(&minus(m), &format!("fma({}, {b}, -({} * {a}))", cos(m), sin(m)));
        }
        let block = polar(degree, l);
        for m in 0..=l {
            let terms: Vec<_> = (0..=l).map(|k| (d(block + m * (l + 1) + k), plus(k))).collect();
            code.number(&format!("{to}{}", row(l, m as isize)), &sum_of_products(&terms));
        }
        let block = block + (l + 1) * (l + 1);
        for m in 1..=l {
            let terms: Vec<_> = (1..=l).map(|k| (d(block + (m - 1) * l + k - 1), minus(k))).collect();
            code.number(&format!("{to}{}", row(l, -(m as isize))), &sum_of_products(&terms));
        }
    }
}

/// Adds Dᵀ q to a: rows `{from}0`, ... to the variables `{to}0`, ...
pub fn add_from_frame(code: &mut Code, degree: usize, from: &str, to: &str) {
    let d = |entry: usize| format!("d{entry}");
    code.line(&format!("{to}0 = {to}0 + {from}0;"));
    for l in 1..=degree {
        let q = |m: isize| format!("{from}{}", row(l, m));
        let a = |m: isize| format!("{to}{}", row(l, m));
        let (plus, minus) = (|m: usize| format!("{from}_{l}p{m}"), |m: usize| format!("{from}_{l}m{m}"));
        let block = polar(degree, l);
        for k in 0..=l {
            let terms: Vec<_> = (0..=l).map(|m| (d(block + m * (l + 1) + k), q(m as isize))).collect();
            code.number(&plus(k), &sum_of_products(&terms));
        }
        let block = block + (l + 1) * (l + 1);
        for k in 1..=l {
            let terms: Vec<_> = (1..=l).map(|m| (d(block + (m - 1) * l + k - 1), q(-(m as isize)))).collect();
            code.number(&minus(k), &sum_of_products(&terms));
        }
        code.line(&format!("{0} = {0} + {1};", a(0), plus(0)));
        for m in 1..=l {
            let (c, s) = (d(AZIMUTH + m - 1), d(AZIMUTH + degree + m - 1));
            let (up, down) = (a(m as isize), a(-(m as isize)));
            code.line(&format!("{up} = fma({c}, {}, fma(-{s}, {}, {up}));", plus(m), minus(m)));
            code.line(&format!("{down} = fma({c}, {}, fma({s}, {}, {down}));", minus(m), plus(m)));
        }
    }
}
