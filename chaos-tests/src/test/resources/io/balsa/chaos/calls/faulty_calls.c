/*
 * System calls that fail on demand: a library for LD_PRELOAD that stands between a process and the
 * C library, and sees what our own door to the file system does not: the writes and reads of
 * Ratis, of RocksDB and of the JDK.
 *
 * The environment names a control file by FAULTY_CALLS, which the process maps and whoever
 * tests writes to (FaultyCalls.java). It holds up to 128 rules of 256 bytes in the machine's order:
 *
 *    0  u32  armed       1: the rule acts, 0: it does not
 *    4  u32  calls       which calls, a bit for each (enum call); 0: no rule here or behind
 *    8  u32  error       the errno they fail with; 0: they go on
 *   12  u32  delay_ms    how long they wait first, at most; a rule that is disarmed lets them go
 *   16  u64  bites       how often it acted; written here
 *   24  u64  first_ns    CLOCK_MONOTONIC when it acted first; written here
 *   32  text part        acts on files with this in their path; ends with a 0
 *  136  text also        and with this; empty for any
 *  240  u64  inode       and with this number, whatever they are called by now; 0 for any
 *  248  u64  device      on this device
 *
 * A rule is written once, before it is armed, so a call never reads one that changes. Without an
 * armed rule a call costs a few loads. Nothing here allocates or locks, so it is safe on any thread.
 * A call that fails is not made: the file is as if it never came.
 *
 * Not seen: mapped files, sendfile and copy_file_range, direct system calls, and the C library's
 * own calls, as those of fread.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The bits of Call.java. */
enum call { WRITE = 1, FORCE = 2, TRUNCATE = 4, ALLOCATE = 8, RENAME = 16, READ = 32 };

struct rule {
  _Atomic uint32_t armed;
  uint32_t calls;
  uint32_t error;
  uint32_t delay_ms;
  _Atomic uint64_t bites;
  _Atomic uint64_t first_ns;
  char part[104];
  char also[104];
  uint64_t inode;
  uint64_t device;
};

enum { RULES_MAX = 128, RULE_BYTES = 256, PATH_BYTES_MAX = 4096 };
_Static_assert(sizeof(struct rule) == RULE_BYTES, "the layout that is told above");

/* All zeros, so no rules, where there is no control file. */
static struct rule nothing[RULES_MAX];
static struct rule *rules = nothing;

__attribute__((constructor)) static void open_control_file(void) {
  const char *name = getenv("FAULTY_CALLS");
  int file = name == NULL ? -1 : open(name, O_RDWR | O_CLOEXEC);
  if (file < 0) {
    return;
  }
  void *mapped = mmap(NULL, RULES_MAX * RULE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) {
    rules = mapped;
  }
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The path of an open file, by the kernel; empty where there is none. */
static void path_of(int file, char path[PATH_BYTES_MAX]) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_BYTES_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
}

static int is_about(const struct rule *rule, const char *path) {
  return strstr(path, rule->part) != NULL && strstr(path, rule->also) != NULL;
}

static int is_file(const struct rule *rule, int file) {
  struct stat about;
  return fstat(file, &about) == 0 && about.st_ino == rule->inode && about.st_dev == rule->device;
}

/* Counts a bite, and waits as the rule says. */
static void bite(struct rule *rule) {
  const struct timespec step = {0, 1000000};
  uint64_t start = now_ns(), never = 0;
  atomic_compare_exchange_strong(&rule->first_ns, &never, start);
  atomic_fetch_add(&rule->bites, 1);
  while (rule->armed && now_ns() - start < (uint64_t)rule->delay_ms * 1000000u) {
    nanosleep(&step, NULL);
  }
}

/*
 * What the rules make of a call: 0, it goes on, or the errno that it fails with. About a file by
 * its number or, where "first" is given, about two paths.
 */
static int fault(enum call call, int file, const char *first, const char *second) {
  char path[PATH_BYTES_MAX];
  int resolved = 0, kept = errno, error = 0;
  for (int i = 0; i < RULES_MAX && rules[i].calls != 0 && error == 0; i++) {
    struct rule *rule = &rules[i];
    if (!rule->armed || !(rule->calls & call)) {
      continue;
    }
    if (rule->inode != 0 && (first != NULL || !is_file(rule, file))) {
      continue;
    }
    if (first == NULL && !resolved) {
      path_of(file, path);
      resolved = 1;
    }
    if (first == NULL ? is_about(rule, path) : is_about(rule, first) || is_about(rule, second)) {
      bite(rule);
      error = (int)rule->error;
    }
  }
  errno = kept;
  return error;
}

/* Defines a call about an open file that answers -1 and errno. */
#define ABOUT_FILE(result, name, kind, parameters, arguments) \
  result name parameters {                                    \
    static result(*_Atomic real) parameters;                  \
    if (real == NULL) {                                       \
      real = (result(*) parameters)dlsym(RTLD_NEXT, #name);   \
    }                                                         \
    int error = fault(kind, file, NULL, NULL);                \
    if (error != 0) {                                         \
      errno = error;                                          \
      return -1;                                              \
    }                                                         \
    return real arguments;                                    \
  }

ABOUT_FILE(ssize_t, write, WRITE, (int file, const void *from, size_t bytes), (file, from, bytes))
ABOUT_FILE(ssize_t, pwrite, WRITE, (int file, const void *from, size_t bytes, off_t at),
           (file, from, bytes, at))
ABOUT_FILE(ssize_t, pwrite64, WRITE, (int file, const void *from, size_t bytes, off64_t at),
           (file, from, bytes, at))
ABOUT_FILE(ssize_t, writev, WRITE, (int file, const struct iovec *from, int count),
           (file, from, count))
ABOUT_FILE(ssize_t, pwritev, WRITE, (int file, const struct iovec *from, int count, off_t at),
           (file, from, count, at))
ABOUT_FILE(ssize_t, read, READ, (int file, void *to, size_t bytes), (file, to, bytes))
ABOUT_FILE(ssize_t, pread, READ, (int file, void *to, size_t bytes, off_t at),
           (file, to, bytes, at))
ABOUT_FILE(ssize_t, pread64, READ, (int file, void *to, size_t bytes, off64_t at),
           (file, to, bytes, at))
ABOUT_FILE(ssize_t, readv, READ, (int file, const struct iovec *to, int count), (file, to, count))
ABOUT_FILE(ssize_t, preadv, READ, (int file, const struct iovec *to, int count, off_t at),
           (file, to, count, at))
ABOUT_FILE(ssize_t, preadv64, READ, (int file, const struct iovec *to, int count, off64_t at),
           (file, to, count, at))
ABOUT_FILE(int, fsync, FORCE, (int file), (file))
ABOUT_FILE(int, fdatasync, FORCE, (int file), (file))
ABOUT_FILE(int, sync_file_range, FORCE, (int file, off64_t at, off64_t bytes, unsigned flags),
           (file, at, bytes, flags))
ABOUT_FILE(int, ftruncate, TRUNCATE, (int file, off_t bytes), (file, bytes))
ABOUT_FILE(int, ftruncate64, TRUNCATE, (int file, off64_t bytes), (file, bytes))
ABOUT_FILE(int, fallocate, ALLOCATE, (int file, int mode, off_t at, off_t bytes),
           (file, mode, at, bytes))

/* This one answers the errno. */
int posix_fallocate(int file, off_t at, off_t bytes) {
  static int (*_Atomic real)(int, off_t, off_t);
  if (real == NULL) {
    real = (int (*)(int, off_t, off_t))dlsym(RTLD_NEXT, "posix_fallocate");
  }
  int error = fault(ALLOCATE, file, NULL, NULL);
  return error != 0 ? error : real(file, at, bytes);
}

int rename(const char *from, const char *to) {
  static int (*_Atomic real)(const char *, const char *);
  if (real == NULL) {
    real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
  }
  int error = fault(RENAME, -1, from, to);
  if (error != 0) {
    errno = error;
    return -1;
  }
  return real(from, to);
}
