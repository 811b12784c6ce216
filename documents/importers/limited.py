"""Run as a program of its own: take limits upon itself, leave the network, and become the command given.

A launcher rather than `preexec_fn`, because the web server has threads.
"""

import ctypes
import os
import resource
import sys

MIB = 1 << 20
LIMITS = (
    (resource.RLIMIT_CPU, 60),
    (resource.RLIMIT_AS, 4096 * MIB),
    (resource.RLIMIT_FSIZE, 200 * MIB),
    (resource.RLIMIT_NOFILE, 512),
    (resource.RLIMIT_CORE, 0),
)
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    """Limit, isolate, become."""
    for kind, wanted in LIMITS:
        allowed = resource.getrlimit(kind)[1]
        limit = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
        resource.setrlimit(kind, (limit, limit))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # as root, or where users may make namespaces
    if libc.unshare(CLONE_NEWNET):
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    os.nice(19)
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606


if __name__ == "__main__":
    main()
