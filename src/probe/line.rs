//! What the two ends of the line out of a pod say to each other, over HTTP/2.
//! May import: std.
//! Next: `way_out.rs` for the end in the pod, `egress/line.rs` for the end outside.

/// The path that says that everything in the pod listens.
pub const READY: &str = "/ready";
/// The path that asks whether a name, its query, has an address in the pod.
pub const NAME: &str = "/name";
/// The header of a connection that says whose it is: the user's number, as the kernel knows it.
pub const USER: &str = "forkgrade-user";
/// The authority of a connection with the proxy itself; every other one is a host's.
pub const PROXY: &str = "proxy.invalid:1";
