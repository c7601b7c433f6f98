//! sed. uutils' own program also accepts `sed sed SCRIPT`, which takes a file called `sed` away from its user.

use std::process::exit;

fn main() {
    uucore::panic::mute_sigpipe_panic();
    exit(sed::sed::uumain(uucore::args_os()));
}
