//! Text of a kernel, in either language.
//!
//! Both share every expression. Declarations, parameters and what surrounds the code differ, and only this file knows how.

use std::fmt::Write;

use super::dialect::Dialect;

/// A buffer that a kernel reads or writes, in the order of its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the code.
    pub name: &'static str,
    /// Whether it holds whole numbers (u32); else f32.
    pub whole: bool,
    /// Whether the kernel writes to it.
    pub written: bool,
}

impl Parameter {
    /// Numbers that are read.
    pub const fn numbers(name: &'static str) -> Self {
        Self { name, whole: false, written: false }
    }

    /// Whole numbers that are read.
    pub const fn whole(name: &'static str) -> Self {
        Self { name, whole: true, written: false }
    }

    /// Numbers that are written, perhaps after reading.
    pub const fn result(name: &'static str) -> Self {
        Self { name, whole: false, written: true }
    }

    fn kind(&self) -> &'static str {
        if self.whole { "u32" } else { "f32" }
    }
}

/// What a kernel needs beside its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kernel {
    /// Name of its function.
    pub name: String,
    /// Its text.
    pub code: String,
    /// Its buffers, in order.
    pub parameters: Vec<Parameter>,
    /// Threads of a workgroup.
    pub threads: usize,
    /// Bytes that the threads of a workgroup share.
    pub shared_bytes: usize,
}

/// Workgroups along the first axis of a dispatch; WebGPU allows 65,535 along each.
pub const GROUPS: usize = 32768;

/// Text that grows line by line.
pub struct Code {
    dialect: Dialect,
    text: String,
    level: usize,
    kernel: Kernel,
}

impl Code {
    /// The beginning of kernel `name` with `parameters`, whose workgroups of `threads` share `arrays` of numbers; `group` is the number of
    /// its workgroup and `t` that of the thread in it.
    pub fn begin(
        dialect: Dialect,
        name: &str,
        parameters: Vec<Parameter>,
        threads: usize,
        arrays: &[(&str, usize)],
    ) -> Self {
        let shared_bytes = 4 * arrays.iter().map(|(_, length)| length).sum::<usize>();
        let kernel = Kernel { name: name.into(), code: String::new(), parameters, threads, shared_bytes };
        let mut code = Self { dialect, text: String::new(), level: 0, kernel };
        match dialect {
            Dialect::Wgsl => code.begin_wgsl(arrays),
            Dialect::Cuda => code.begin_cuda(arrays),
        }
        code
    }

    fn begin_wgsl(&mut self, arrays: &[(&str, usize)]) {
        for (binding, parameter) in self.kernel.parameters.clone().iter().enumerate() {
            let access = if parameter.written { "read_write" } else { "read" };
            let (name, kind) = (parameter.name, parameter.kind());
            self.line(&format!("@group(0) @binding({binding}) var<storage, {access}> {name}: array<{kind}>;"));
        }
        for (name, length) in arrays {
            self.line(&format!("var<workgroup> {name}: array<f32, {length}>;"));
        }
        let (name, threads) = (self.kernel.name.clone(), self.kernel.threads);
        self.open(&format!(
            "@compute @workgroup_size({threads}) fn {name}(@builtin(workgroup_id) which: vec3<u32>, \
             @builtin(local_invocation_index) t: u32)"
        ));
        self.whole("group", &format!("which.x + which.y * {GROUPS}u"));
    }

    fn begin_cuda(&mut self, arrays: &[(&str, usize)]) {
        self.line("typedef unsigned int u32; typedef float f32;");
        self.line("#define workgroupBarrier __syncthreads");
        for kind in ["f32", "u32"] {
            self.line(&format!(
                "static __device__ __forceinline__ {kind} select({kind} no, {kind} yes, bool test) {{ return test ? yes : no; }}"
            ));
        }
        let list: Vec<String> = self
            .kernel
            .parameters
            .iter()
            .map(|parameter| {
                let constant = if parameter.written { "" } else { "const " };
                format!("{constant}{}* __restrict__ {}", parameter.kind(), parameter.name)
            })
            .collect();
        let (name, threads) = (self.kernel.name.clone(), self.kernel.threads);
        self.open(&format!("extern \"C\" __global__ void __launch_bounds__({threads}) {name}({})", list.join(", ")));
        for (name, length) in arrays {
            self.line(&format!("__shared__ f32 {name}[{length}];"));
        }
        self.whole("group", &format!("blockIdx.x + blockIdx.y * {GROUPS}u"));
        self.whole("t", "threadIdx.x");
    }

    /// A line as it stands.
    pub fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{}{text}", "  ".repeat(self.level));
    }

    /// The head of a block.
    pub fn open(&mut self, text: &str) {
        self.line(&format!("{text} {{"));
        self.level += 1;
    }

    /// The end of a block.
    pub fn close(&mut self) {
        self.level -= 1;
        self.line("}");
    }

    /// A number that does not change.
    pub fn number(&mut self, name: &str, value: &str) {
        self.constant("f32", name, value);
    }

    /// A whole number that does not change.
    pub fn whole(&mut self, name: &str, value: &str) {
        self.constant("u32", name, value);
    }

    /// A condition.
    pub fn condition(&mut self, name: &str, value: &str) {
        self.constant("bool", name, value);
    }

    fn constant(&mut self, kind: &str, name: &str, value: &str) {
        match self.dialect {
            Dialect::Wgsl => self.line(&format!("let {name}: {kind} = {value};")),
            Dialect::Cuda => self.line(&format!("const {kind} {name} = {value};")),
        }
    }

    /// A number that changes.
    pub fn variable(&mut self, name: &str, value: &str) {
        match self.dialect {
            Dialect::Wgsl => self.line(&format!("var {name}: f32 = {value};")),
            Dialect::Cuda => self.line(&format!("f32 {name} = {value};")),
        }
    }

    /// The head of a loop of `name` from `from` to below `to`.
    pub fn each(&mut self, name: &str, from: &str, to: &str, step: &str) {
        let declared = match self.dialect {
            Dialect::Wgsl => format!("var {name}: u32"),
            Dialect::Cuda => format!("u32 {name}"),
        };
        self.open(&format!("for ({declared} = {from}; {name} < {to}; {name} = {name} + {step})"));
    }

    /// All threads of the workgroup wait for each other.
    pub fn barrier(&mut self) {
        self.line("workgroupBarrier();");
    }

    /// The bits of a whole number as a number, so that both can stand in one array.
    pub fn as_bits(&self, whole: &str) -> String {
        match self.dialect {
            Dialect::Wgsl => format!("bitcast<f32>({whole})"),
            Dialect::Cuda => format!("__uint_as_float({whole})"),
        }
    }

    /// The whole number whose bits a number holds.
    pub fn of_bits(&self, number: &str) -> String {
        match self.dialect {
            Dialect::Wgsl => format!("bitcast<u32>({number})"),
            Dialect::Cuda => format!("__float_as_uint({number})"),
        }
    }

    /// The number that a whole number is when its first bit is a sign.
    pub fn signed(&self, whole: &str) -> String {
        match self.dialect {
            Dialect::Wgsl => format!("f32(bitcast<i32>({whole}))"),
            Dialect::Cuda => format!("(f32)(int)({whole})"),
        }
    }

    /// The kernel.
    pub fn end(mut self) -> Kernel {
        self.close();
        Kernel { code: self.text, ..self.kernel }
    }
}

/// A constant in the code.
pub fn literal(value: f64) -> String {
    format!("{:?}f", value as f32)
}

/// Σ a b, as nested multiply-adds.
pub fn sum_of_products(terms: &[(String, String)]) -> String {
    let mut sum = String::from("0.0f");
    for (index, (a, b)) in terms.iter().enumerate() {
        sum = if index == 0 { format!("{a} * {b}") } else { format!("fma({a}, {b}, {sum})") };
    }
    sum
}
