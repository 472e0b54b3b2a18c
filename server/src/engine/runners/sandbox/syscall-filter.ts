import { endianness } from 'node:os'

// A program for the kernel's classic BPF machine, as seccomp takes it: each instruction is { code: u16, jt: u8, jf: u8, k: u32 }.
// It refuses what a runner has no use for and what has been a way out of sandboxes before. What it does not know it allows: a new Node
// may need it, and the namespaces hold without the filter.

type Instruction = readonly [code: number, jt: number, jf: number, k: number]
type Machine = { auditArch: number; calls: Record<string, number> }

const load = (offset: number): Instruction => [0x20, 0, 0, offset]
const answer = (k: number): Instruction => [0x06, 0, 0, k]
const allow = 0x7fff0000
const killProcess = 0x80000000
const refuse = (errno: number) => 0x00050000 | errno
const [EPERM, EACCES, ENOSYS] = [1, 13, 38]

/** Offsets in the kernel's `struct seccomp_data`; of an argument the lower half, on little-endian machines. */
const numberAt = 0
const archAt = 4
const firstArgumentAt = 16
const CLONE_THREAD = 0x10000

/** Refused whatever its arguments are. By name, because every processor family has its own numbers. */
const machines: Partial<Record<NodeJS.Architecture, Machine>> = {
  x64: {
    auditArch: 0xc000003e,
    calls: {
      ...{ clone: 56, fork: 57, vfork: 58, clone3: 435, socket: 41, socketpair: 53 },
      ...{ ptrace: 101, process_vm_readv: 310, process_vm_writev: 311, kcmp: 312, pidfd_open: 434, pidfd_getfd: 438, process_madvise: 440 },
      ...{ mount: 165, umount2: 166, pivot_root: 155, chroot: 161, unshare: 272, setns: 308, open_tree: 428, move_mount: 429 },
      ...{ fsopen: 430, fsconfig: 431, fsmount: 432, fspick: 433, mount_setattr: 442, name_to_handle_at: 303, open_by_handle_at: 304 },
      ...{ mknod: 133, mknodat: 259, swapon: 167, swapoff: 168, reboot: 169, acct: 163, quotactl: 179, syslog: 103 },
      ...{ init_module: 175, finit_module: 313, delete_module: 176, kexec_load: 246, kexec_file_load: 320 },
      ...{ bpf: 321, perf_event_open: 298, userfaultfd: 323, io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427 },
      ...{ add_key: 248, request_key: 249, keyctl: 250, personality: 135, settimeofday: 164, clock_settime: 227, adjtimex: 159 },
      ...{
        fanotify_init: 300,
        inotify_init: 253,
        inotify_init1: 294,
        shmget: 29,
        msgget: 68,
        semget: 64,
        mq_open: 240,
        iopl: 172,
        ioperm: 173,
      },
    },
  },
  arm64: {
    auditArch: 0xc00000b7,
    calls: {
      ...{ clone: 220, clone3: 435, socket: 198, socketpair: 199 },
      ...{ ptrace: 117, process_vm_readv: 270, process_vm_writev: 271, kcmp: 272, pidfd_open: 434, pidfd_getfd: 438, process_madvise: 440 },
      ...{ mount: 40, umount2: 39, pivot_root: 41, chroot: 51, unshare: 97, setns: 268, open_tree: 428, move_mount: 429 },
      ...{ fsopen: 430, fsconfig: 431, fsmount: 432, fspick: 433, mount_setattr: 442, name_to_handle_at: 264, open_by_handle_at: 265 },
      ...{ mknodat: 33, swapon: 224, swapoff: 225, reboot: 142, acct: 89, quotactl: 60, syslog: 116 },
      ...{ init_module: 105, finit_module: 273, delete_module: 106, kexec_load: 104, kexec_file_load: 294 },
      ...{ bpf: 280, perf_event_open: 241, userfaultfd: 282, io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427 },
      ...{ add_key: 217, request_key: 218, keyctl: 219, personality: 92, settimeofday: 170, clock_settime: 112, adjtimex: 171 },
      ...{ fanotify_init: 262, inotify_init1: 26, shmget: 194, msgget: 186, semget: 190, mq_open: 180 },
    },
  },
}

/**
 * The filter for this processor: no process of its own (threads are allowed), none of the kernel's rarer doors; and without the network
 * no sockets but those that it was given.
 *
 * @returns undefined for a processor whose numbers are not listed here
 */
export function syscallFilter(network: 'host' | 'none', architecture: NodeJS.Architecture = process.arch): Buffer | undefined {
  const machine = machines[architecture]
  if (!machine || endianness() !== 'LE') return undefined
  const { clone, clone3, socket, socketpair, ...refused } = machine.calls
  const program: Instruction[] = [
    load(archAt),
    [0x15, 1, 0, machine.auditArch],
    answer(killProcess),
    load(numberAt),
    // The second set of numbers that x64 has (x32).
    ...(architecture === 'x64' ? [[0x35, 0, 1, 0x40000000] as const, answer(refuse(ENOSYS))] : []),
    // The C library then uses clone, whose flags can be looked at.
    ...onCall(clone3, ENOSYS),
    ...(network === 'none' ? [...onCall(socket, EACCES), ...onCall(socketpair, EACCES)] : []),
    ...Object.values(refused).flatMap((number) => onCall(number, EPERM)),
    [0x15, 0, 3, clone as number], // it is listed for each machine
    load(firstArgumentAt),
    [0x45, 1, 0, CLONE_THREAD],
    answer(refuse(EPERM)),
    answer(allow),
  ]
  const bytes = Buffer.alloc(program.length * 8)
  for (const [index, [code, jt, jf, k]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(jt, index * 8 + 2)
    bytes.writeUInt8(jf, index * 8 + 3)
    bytes.writeUInt32LE(k >>> 0, index * 8 + 4)
  }
  return bytes
}

function onCall(number: number | undefined, errno: number): Instruction[] {
  return number === undefined ? [] : [[0x15, 0, 1, number], answer(refuse(errno))]
}
