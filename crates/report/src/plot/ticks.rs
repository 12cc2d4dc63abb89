//! Numbers at ticks and in sentences.

/// `value` with at most `digits` significant digits, without trailing zeros, with a true minus sign; large and small numbers as
/// powers of ten.
#[must_use]
pub fn short(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { value.to_string() };
    }
    let exponent = value.abs().log10().floor() as i32;
    let text = if (-4..6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        trimmed(&format!("{value:.decimals$}"))
    } else {
        let scientific = format!("{value:.*e}", digits.saturating_sub(1));
        let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let mantissa = trimmed(mantissa);
        let factor = if mantissa == "1" { String::new() } else { format!("{mantissa}×") };
        format!("{factor}10{}", superscript(power))
    };
    text.replace('-', "−")
}

fn trimmed(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text.to_string() }
}

fn superscript(power: &str) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    power.chars().map(|c| c.to_digit(10).map_or('⁻', |digit| RAISED[digit as usize])).collect()
}
