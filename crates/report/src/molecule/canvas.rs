//! A field of points with depth, onto which balls and rods are cast.

/// What is seen at one point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Towards the viewer, in points; minus infinity where there is nothing.
    pub depth: f32,
    /// Unit vector out of the surface.
    pub normal: [f32; 3],
    /// Color of the surface.
    pub color: [u8; 3],
}

/// The field. x goes right, y down, depth towards the viewer, all in points.
pub(super) struct Canvas {
    pub width: usize,
    pub height: usize,
    pub spots: Vec<Spot>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        let nothing = Spot { depth: f32::NEG_INFINITY, normal: [0.0, 0.0, 1.0], color: [0; 3] };
        Self { width, height, spots: vec![nothing; width * height] }
    }

    /// A ball.
    pub fn ball(&mut self, center: [f64; 3], radius: f64, color: [u8; 3]) {
        self.cast([center, center], radius, |x, y| {
            let (dx, dy) = (x - center[0], y - center[1]);
            let height = radius * radius - dx * dx - dy * dy;
            (height > 0.0).then(|| {
                let dz = height.sqrt();
                (center[2] + dz, [dx / radius, dy / radius, dz / radius], color)
            })
        });
    }

    /// A rod without ends, half in the one color and half in the other.
    ///
    /// A point w₀ + z·k of the line of sight is on the surface where |w − (w·u)u| = radius, u being the direction of the rod:
    /// a quadratic equation in z, whose larger root is seen.
    pub fn rod(&mut self, ends: [[f64; 3]; 2], radius: f64, colors: [[u8; 3]; 2]) {
        let [from, to] = ends;
        let along = [0, 1, 2].map(|axis| to[axis] - from[axis]);
        let length = dot(along, along).sqrt();
        if length == 0.0 {
            return;
        }
        let u = along.map(|x| x / length);
        let k = [-u[2] * u[0], -u[2] * u[1], 1.0 - u[2] * u[2]];
        let a = dot(k, k);
        if a < 1.0e-9 {
            return; // seen end on: the balls at its ends hide it
        }
        self.cast(ends, radius, |x, y| {
            let w = [x - from[0], y - from[1], -from[2]];
            let t = dot(w, u);
            let across = [0, 1, 2].map(|axis| w[axis] - t * u[axis]);
            let (b, c) = (dot(k, across), dot(across, across) - radius * radius);
            let root = b * b - a * c;
            let z = (-b + root.max(0.0).sqrt()) / a;
            let place = t + z * u[2];
            (root > 0.0 && (0.0..=length).contains(&place)).then(|| {
                let normal = [0, 1, 2].map(|axis| (across[axis] + z * k[axis]) / radius);
                (z, normal, colors[usize::from(place > 0.5 * length)])
            })
        });
    }

    /// Ask `surface` at every point near `ends` and keep what is in front: depth, normal and color.
    fn cast(
        &mut self,
        ends: [[f64; 3]; 2],
        radius: f64,
        surface: impl Fn(f64, f64) -> Option<(f64, [f64; 3], [u8; 3])>,
    ) {
        let reach = |axis: usize, most: usize| {
            let low = ends[0][axis].min(ends[1][axis]) - radius;
            let high = ends[0][axis].max(ends[1][axis]) + radius;
            (low.floor().max(0.0) as usize)..(high.ceil().clamp(0.0, most as f64) as usize)
        };
        for row in reach(1, self.height) {
            for column in reach(0, self.width) {
                let Some((depth, normal, color)) = surface(column as f64 + 0.5, row as f64 + 0.5) else { continue };
                let spot = &mut self.spots[row * self.width + column];
                if depth as f32 > spot.depth {
                    *spot = Spot { depth: depth as f32, normal: normal.map(|x| x as f32), color };
                }
            }
        }
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
