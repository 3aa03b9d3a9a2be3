//! The distribution of totals as a drawing made here: no script, no style in the page.
//! May import: `domain/points`.
//! Next: `templates/parts/histogram.html`.

use crate::domain::Points;

/// Size of the drawing, in its own units.
pub const WIDTH: i64 = 420;
pub const HEIGHT: i64 = 150;
/// Room under the bars for the axis.
const AXIS: i64 = 20;
/// Room above them for the counts.
const TOP: i64 = 14;

/// One class of totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    pub count: usize,
    /// Where its count is written.
    pub middle: i64,
    pub from: i64,
}

/// A number under the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    pub x: i64,
    pub label: i64,
}

/// A drawing with one bar per whole point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    pub bars: Vec<Bar>,
    pub ticks: Vec<Tick>,
    pub median: Points,
    pub median_x: i64,
    pub mean: Points,
    pub count: usize,
    pub baseline: i64,
    /// Begins the ids of what names it on the page.
    pub name: &'static str,
}

impl Histogram {
    /// `None` where there is nothing to draw.
    pub fn new(totals: Vec<Points>, scale: Points) -> Option<Self> {
        let highest = highest(&counts(&totals, scale)?);
        Self::up_to(highest, "histogram", totals, scale)
    }

    /// Two that can be compared: as high for as many. Each has its name.
    pub fn pair(of: [(&'static str, Vec<Points>); 2], scale: Points) -> [Option<Self>; 2] {
        let counted = of.iter().filter_map(|(_, totals)| counts(totals, scale)).map(|counts| highest(&counts));
        let highest = counted.max().unwrap_or(1);
        of.map(|(name, totals)| Self::up_to(highest, name, totals, scale))
    }

    fn up_to(highest: i64, name: &'static str, mut totals: Vec<Points>, scale: Points) -> Option<Self> {
        totals.sort_unstable();
        let median = median(&totals)?;
        let counts = counts(&totals, scale)?;
        let classes = counts.len();
        let baseline = HEIGHT - AXIS;
        let step = |class: i64| class * WIDTH / i64::try_from(classes).unwrap_or(1);
        let bars = counts
            .iter()
            .zip(0_i64..)
            .map(|(&count, class)| {
                let height = i64::try_from(count).unwrap_or(highest) * (baseline - TOP) / highest;
                let (x, next) = (step(class), step(class + 1));
                Bar {
                    x: x + 1,
                    y: baseline - height,
                    width: next - x - 2,
                    height,
                    count,
                    middle: (x + next) / 2,
                    from: class,
                }
            })
            .collect();
        let every = if classes <= 25 { 5 } else { 20 };
        let ticks = (0..=classes)
            .step_by(every)
            .filter_map(|class| i64::try_from(class).ok())
            .map(|class| Tick { x: step(class), label: class })
            .collect();
        let sum: Points = totals.iter().copied().sum();
        let mean = sum.share(1, i64::try_from(totals.len()).ok()?);
        let median_x = WIDTH * median.hundredths() / scale.hundredths().max(1);
        Some(Self { bars, ticks, median, median_x, mean, count: totals.len(), baseline, name })
    }

    pub fn view_box(&self) -> String {
        // The outermost numbers of the axis stick out by half their width.
        format!("-8 0 {} {HEIGHT}", WIDTH + 16)
    }
}

/// How many fall into each class of one point; the last one holds full marks too. `None` where the scale has too many classes, or none.
fn counts(totals: &[Points], scale: Points) -> Option<Vec<usize>> {
    let classes = usize::try_from(scale.hundredths() / 100).ok().filter(|&classes| (1..=200).contains(&classes))?;
    let mut counts = vec![0_usize; classes];
    for total in totals {
        let class = usize::try_from(total.hundredths() / 100).unwrap_or(0).min(classes - 1);
        if let Some(count) = counts.get_mut(class) {
            *count += 1;
        }
    }
    Some(counts)
}

fn highest(counts: &[usize]) -> i64 {
    i64::try_from(counts.iter().copied().max().unwrap_or(1).max(1)).unwrap_or(i64::MAX)
}

fn median(sorted: &[Points]) -> Option<Points> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some((lower + upper).share(1, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_marks_fall_into_the_last_class() {
        let totals = vec![Points::whole(20), Points::from_hundredths(1950), Points::ZERO];
        let drawn = Histogram::new(totals, Points::whole(20)).unwrap();
        let counts: Vec<usize> = drawn.bars.iter().map(|bar| bar.count).collect();
        assert_eq!((counts[0], counts[19], counts.iter().sum::<usize>()), (1, 2, 3));
        assert_eq!(drawn.median, Points::from_hundredths(1950));
        assert_eq!(drawn.ticks.last().map(|tick| (tick.label, tick.x)), Some((20, WIDTH)));
    }

    #[test]
    fn two_are_as_high_for_as_many() {
        let (one, other) = (vec![Points::whole(3); 4], vec![Points::whole(3), Points::whole(5)]);
        let [before, after] = Histogram::pair([("before", one), ("after", other)], Points::whole(20));
        let height = |drawn: Option<Histogram>| drawn.unwrap().bars[3].height;
        assert_eq!(height(before), 4 * height(after));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(Histogram::new(Vec::new(), Points::whole(20)), None);
        assert_eq!(Histogram::new(vec![Points::ZERO], Points::ZERO), None);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let drawn = Histogram::new(vec![Points::whole(10), Points::whole(13)], Points::whole(20)).unwrap();
        assert_eq!((drawn.median, drawn.mean), (Points::from_hundredths(1150), Points::from_hundredths(1150)));
    }
}
