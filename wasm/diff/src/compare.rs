//! What has changed between two sequences: Myers' algorithm in linear space, with changes slid as far down as they go.

/// A run of items that differ: those of the left from `left.0` to `left.1` became those of the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub left: (usize, usize),
    pub right: (usize, usize),
}

/// The changes, in order. Equal items are equal numbers.
pub fn changes(left: &[u32], right: &[u32]) -> Vec<Change> {
    let mut marks = Marks { left: vec![false; left.len()], right: vec![false; right.len()] };
    let start = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let rest = left.len().min(right.len()) - start;
    let end = left.iter().rev().zip(right.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (left_end, right_end) = (left.len() - end, right.len() - end);
    // What the other side does not have is certain to have changed, and need not be looked at.
    let left_kept = kept(left, start..left_end, &right[start..right_end], &mut marks.left);
    let right_kept = kept(right, start..right_end, &left[start..left_end], &mut marks.right);
    let mut search = Search::new(left, right, &left_kept, &right_kept, &mut marks);
    search.compare(0, left_kept.len(), 0, right_kept.len());
    slide(left, &mut marks.left, &marks.right);
    slide(right, &mut marks.right, &marks.left);
    marks.changes()
}

struct Marks {
    left: Vec<bool>,
    right: Vec<bool>,
}

impl Marks {
    fn changes(&self) -> Vec<Change> {
        let (mut i, mut j) = (0, 0);
        let mut out = Vec::new();
        while i < self.left.len() || j < self.right.len() {
            let (from_i, from_j) = (i, j);
            while i < self.left.len() && self.left[i] {
                i += 1;
            }
            while j < self.right.len() && self.right[j] {
                j += 1;
            }
            if (i, j) == (from_i, from_j) {
                i += 1;
                j += 1;
            } else {
                out.push(Change { left: (from_i, i), right: (from_j, j) });
            }
        }
        out
    }
}

fn kept(items: &[u32], range: std::ops::Range<usize>, other: &[u32], marks: &mut [bool]) -> Vec<usize> {
    let known: std::collections::HashSet<u32> = other.iter().copied().collect();
    let mut kept = Vec::new();
    for place in range {
        if known.contains(&items[place]) { kept.push(place) } else { marks[place] = true }
    }
    kept
}

struct Search<'a> {
    left: Vec<u32>,
    right: Vec<u32>,
    left_places: &'a [usize],
    right_places: &'a [usize],
    marks: &'a mut Marks,
    forward: Vec<isize>,
    backward: Vec<isize>,
    centre: isize,
    dearest: usize,
}

impl<'a> Search<'a> {
    fn new(left: &[u32], right: &[u32], left_places: &'a [usize], right_places: &'a [usize], marks: &'a mut Marks) -> Self {
        let size = left_places.len() + right_places.len() + 3;
        Search {
            left: left_places.iter().map(|&place| left[place]).collect(),
            right: right_places.iter().map(|&place| right[place]).collect(),
            left_places,
            right_places,
            marks,
            forward: vec![0; size],
            backward: vec![0; size],
            centre: right_places.len() as isize + 1,
            dearest: (size as f64).sqrt() as usize + 256,
        }
    }

    fn compare(&mut self, mut x: usize, mut x_end: usize, mut y: usize, mut y_end: usize) {
        while x < x_end && y < y_end && self.left[x] == self.right[y] {
            x += 1;
            y += 1;
        }
        while x < x_end && y < y_end && self.left[x_end - 1] == self.right[y_end - 1] {
            x_end -= 1;
            y_end -= 1;
        }
        if x == x_end {
            (y..y_end).for_each(|place| self.marks.right[self.right_places[place]] = true);
        } else if y == y_end {
            (x..x_end).for_each(|place| self.marks.left[self.left_places[place]] = true);
        } else {
            let (middle_x, middle_y) = self.middle(x, x_end, y, y_end);
            self.compare(x, middle_x, y, middle_y);
            self.compare(middle_x, x_end, middle_y, y_end);
        }
    }

    /// Where the search from the start has come furthest: good enough where the sides have little in common.
    fn furthest(&self, low: isize, high: isize, start: (isize, isize)) -> (usize, usize) {
        let (x_end, y_end) = (self.left.len() as isize, self.right.len() as isize);
        let reached = (low..=high).step_by(2).map(|diagonal| {
            let x = self.forward[(self.centre + diagonal) as usize].min(x_end).max(start.0);
            (x, (x - diagonal).clamp(start.1, y_end))
        });
        let (x, y) = reached.max_by_key(|(x, y)| x + y).unwrap_or(start);
        (x as usize, y as usize)
    }

    /// A place on a shortest path, where the searches from both ends meet.
    fn middle(&mut self, x: usize, x_end: usize, y: usize, y_end: usize) -> (usize, usize) {
        let (x, x_end, y, y_end) = (x as isize, x_end as isize, y as isize, y_end as isize);
        let (lowest, highest) = (x - y_end, x_end - y);
        let (from, to) = (x - y, x_end - y_end);
        let is_odd = (from - to) & 1 != 0;
        let (mut fore_low, mut fore_high) = (from, from);
        let (mut back_low, mut back_high) = (to, to);
        let c = self.centre;
        let at = |diagonal: isize| (c + diagonal) as usize;
        self.forward[at(from)] = x;
        self.backward[at(to)] = x_end;
        let mut cost = 0;
        loop {
            cost += 1;
            if cost > self.dearest {
                return self.furthest(fore_low, fore_high, (x, y));
            }
            widen(&mut self.forward, &mut fore_low, &mut fore_high, lowest, highest, -1, c);
            let mut diagonal = fore_high;
            while diagonal >= fore_low {
                let (below, above) = (self.forward[at(diagonal - 1)], self.forward[at(diagonal + 1)]);
                let mut px = if below < above { above } else { below + 1 };
                let mut py = px - diagonal;
                while px < x_end && py < y_end && self.left[px as usize] == self.right[py as usize] {
                    px += 1;
                    py += 1;
                }
                self.forward[at(diagonal)] = px;
                if is_odd && (back_low..=back_high).contains(&diagonal) && self.backward[at(diagonal)] <= px {
                    return (px as usize, py as usize);
                }
                diagonal -= 2;
            }
            widen(&mut self.backward, &mut back_low, &mut back_high, lowest, highest, isize::MAX, c);
            let mut diagonal = back_high;
            while diagonal >= back_low {
                let (below, above) = (self.backward[at(diagonal - 1)], self.backward[at(diagonal + 1)]);
                let mut px = if below < above { below } else { above - 1 };
                let mut py = px - diagonal;
                while px > x && py > y && self.left[px as usize - 1] == self.right[py as usize - 1] {
                    px -= 1;
                    py -= 1;
                }
                self.backward[at(diagonal)] = px;
                if !is_odd && (fore_low..=fore_high).contains(&diagonal) && px <= self.forward[at(diagonal)] {
                    return (px as usize, py as usize);
                }
                diagonal -= 2;
            }
        }
    }
}

/// One more diagonal on each side, or one less where the edge has been reached.
fn widen(reached: &mut [isize], low: &mut isize, high: &mut isize, lowest: isize, highest: isize, never: isize, centre: isize) {
    if *low > lowest {
        *low -= 1;
        reached[(centre + *low - 1) as usize] = never;
    } else {
        *low += 1;
    }
    if *high < highest {
        *high += 1;
        reached[(centre + *high + 1) as usize] = never;
    } else {
        *high -= 1;
    }
}

/// A run of changed items: from where to where.
type Run = (usize, usize);

/// Moves every run of changes as far down as it goes, joining runs it meets on its way; where it can stand beside a change
/// of the other side, it does that instead.
fn slide(items: &[u32], marks: &mut [bool], other: &[bool]) {
    let gaps = gaps(other);
    let (mut from, mut unchanged) = (0, 0);
    while let Some(start) = (from..items.len()).find(|&place| marks[place]) {
        unchanged += start - from;
        (from, unchanged) = slide_run(items, marks, start, unchanged, &gaps);
    }
}

/// For each number of unchanged items, whether changed ones follow that many.
fn gaps(other: &[bool]) -> Vec<bool> {
    let mut gaps = vec![false];
    for &mark in other {
        if mark {
            let last = gaps.len() - 1;
            gaps[last] = true;
        } else {
            gaps.push(false);
        }
    }
    gaps
}

fn run_at(marks: &[bool], place: usize) -> Run {
    let start = marks[..place].iter().rposition(|&mark| !mark).map_or(0, |found| found + 1);
    let end = marks[place..].iter().position(|&mark| !mark).map_or(marks.len(), |found| place + found);
    (start, end)
}

/// Slides the run that starts at `start`, with so many unchanged items before it; gives its new end, and their new number.
fn slide_run(items: &[u32], marks: &mut [bool], start: usize, unchanged: usize, gaps: &[bool]) -> (usize, usize) {
    let (mut start, mut end) = run_at(marks, start);
    let mut unchanged = unchanged;
    loop {
        let length = end - start;
        while start > 0 && items[start - 1] == items[end - 1] {
            marks[start - 1] = true;
            marks[end - 1] = false;
            unchanged -= 1;
            (start, end) = run_at(marks, start - 1);
        }
        let mut beside = gaps.get(unchanged).copied().unwrap_or(false).then_some(end);
        while end < items.len() && items[start] == items[end] {
            marks[start] = false;
            marks[end] = true;
            unchanged += 1;
            (start, end) = run_at(marks, end);
            if gaps.get(unchanged).copied().unwrap_or(false) {
                beside = Some(end);
            }
        }
        if end - start == length {
            let target = beside.unwrap_or(end);
            for _ in target..end {
                marks[start - 1] = true;
                marks[end - 1] = false;
                (start, end, unchanged) = (start - 1, end - 1, unchanged - 1);
            }
            return (end, unchanged);
        }
    }
}
