//! Other programs: started, waited for, read from.

use std::fs::File;
use std::io::{self, Read};

/// What is run, and where.
pub struct Call<'a> {
    /// The program and its arguments. A name without a slash is looked for along PATH.
    pub arguments: &'a [Vec<u8>],
    /// The working directory, if it is another than ours.
    pub folder: Option<&'a [u8]>,
}

/// What a command of the shell prints.
pub fn shell_output(command: &[u8]) -> io::Result<Vec<u8>> {
    let arguments = [b"sh".to_vec(), b"-c".to_vec(), command.to_vec()];
    let call = Call { arguments: &arguments, folder: None };
    let (child, mut from) = system::start_with_output(&call)?;
    let mut text = Vec::new();
    let done = from.read_to_end(&mut text);
    system::wait(child)?;
    done.map(|_| text)
}

/// Runs a program to its end. Some(exit status), or None if a signal ended it.
pub fn run(call: &Call<'_>) -> io::Result<Option<i32>> {
    system::wait(system::start(call)?)
}

#[cfg(target_os = "wasi")]
mod system {
    use std::os::fd::FromRawFd;

    use super::{Call, File, io};

    const SEARCH: u32 = 1;
    const CLOSE_ON_EXEC: u32 = 1;
    const DUPLICATE: u32 = 1;

    #[repr(C)]
    struct Request {
        path: *const u8,
        path_length: usize,
        arguments: *const u8,
        arguments_length: usize,
        environment: *const u8,
        environment_length: usize,
        folder: *const u8,
        folder_length: usize,
        actions: *const Action,
        actions_length: usize,
        flags: u32,
        group: i32,
    }

    #[repr(C)]
    struct Action {
        operation: u32,
        from: u32,
        to: u32,
    }

    #[link(wasm_import_module = "pagebox")]
    unsafe extern "C" {
        fn proc_spawn(request: *const Request, pid: *mut u32) -> i32;
        fn proc_wait(pid: i32, flags: u32, result: *mut u32) -> i32;
        fn fd_pipe(flags: u32, fds: *mut u32) -> i32;
    }

    fn checked(error: i32) -> io::Result<()> {
        if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
    }

    fn terminated<'a>(strings: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
        strings.flat_map(|string| string.iter().copied().chain([0])).collect()
    }

    fn environment() -> Vec<u8> {
        let all = std::env::vars_os().map(|(name, value)| {
            [name.as_encoded_bytes(), b"=", value.as_encoded_bytes(), b"\0"].concat()
        });
        all.collect::<Vec<_>>().concat()
    }

    fn spawn(call: &Call<'_>, actions: &[Action]) -> io::Result<u32> {
        let path = &call.arguments[0];
        let arguments = terminated(call.arguments.iter().map(Vec::as_slice));
        let environment = environment();
        let folder = call.folder.unwrap_or_default();
        let request = Request {
            path: path.as_ptr(),
            path_length: path.len(),
            arguments: arguments.as_ptr(),
            arguments_length: arguments.len(),
            environment: environment.as_ptr(),
            environment_length: environment.len(),
            folder: folder.as_ptr(),
            folder_length: folder.len(),
            actions: actions.as_ptr(),
            actions_length: actions.len(),
            flags: SEARCH,
            group: 0,
        };
        let mut pid = 0;
        // SAFETY: all that the request points to lives until the call returns.
        checked(unsafe { proc_spawn(&raw const request, &raw mut pid) })?;
        Ok(pid)
    }

    pub fn start(call: &Call<'_>) -> io::Result<u32> {
        spawn(call, &[])
    }

    pub fn start_with_output(call: &Call<'_>) -> io::Result<(u32, File)> {
        let mut ends = [0_u32; 2];
        // SAFETY: there is room for two.
        checked(unsafe { fd_pipe(CLOSE_ON_EXEC, ends.as_mut_ptr()) })?;
        // SAFETY: both descriptors are new, and owned by these files from here on.
        let [reader, writer] = ends.map(|fd| unsafe { File::from_raw_fd(fd.cast_signed()) });
        let pid = spawn(call, &[Action { operation: DUPLICATE, from: ends[1], to: 1 }])?;
        drop(writer);
        Ok((pid, reader))
    }

    pub fn wait(pid: u32) -> io::Result<Option<i32>> {
        let mut result = [0_u32; 2];
        // SAFETY: there is room for two.
        checked(unsafe { proc_wait(pid.cast_signed(), 0, result.as_mut_ptr()) })?;
        let status = result[1];
        Ok(if status & 0x7F == 0 { Some((status >> 8 & 0xFF).cast_signed()) } else { None })
    }
}

#[cfg(not(target_os = "wasi"))]
mod system {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::{Child, Command, Stdio};

    use super::{Call, File, io};

    fn command(call: &Call<'_>) -> Command {
        let mut command = Command::new(OsStr::from_bytes(&call.arguments[0]));
        command.args(call.arguments[1..].iter().map(|argument| OsStr::from_bytes(argument)));
        if let Some(folder) = call.folder {
            command.current_dir(OsStr::from_bytes(folder));
        }
        command
    }

    pub fn start(call: &Call<'_>) -> io::Result<Child> {
        command(call).spawn()
    }

    pub fn start_with_output(call: &Call<'_>) -> io::Result<(Child, File)> {
        let mut child = command(call).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok((child, File::from(std::os::fd::OwnedFd::from(output))))
    }

    pub fn wait(mut child: Child) -> io::Result<Option<i32>> {
        child.wait().map(|status| status.code())
    }
}
