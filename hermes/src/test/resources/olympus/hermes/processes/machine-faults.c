/*
 * Put under a process by LD_PRELOAD: its flushes take longer, one fails, and how far each log
 * segment was flushed is written down; its wall clock is stepped. The folder MACHINE_FAULTS holds
 * the orders:
 *
 *   delay    milliseconds by which each flush is late
 *   fail     the next flush of a log segment removes this file and fails with EIO
 *   clock    seconds by which the wall clock is ahead
 *   flushed  a line for each flush of a segment that succeeded: inode, bytes written before it
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void path_of(char *path, size_t size, const char *name)
{
    const char *folder = getenv("MACHINE_FAULTS");
    snprintf(path, size, "%s/%s", folder ? folder : "/nonexistent", name);
}

/* The number in a file of orders, 0 when there is none. */
static long ordered(const char *name)
{
    int before = errno;
    char path[4096], text[32] = {0};
    path_of(path, sizeof path, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (read(fd, text, sizeof text - 1) < 0)
            text[0] = 0;
        close(fd);
    }
    errno = before;
    return atol(text);
}

static void wait_as_ordered(void)
{
    long millis = ordered("delay");
    struct timespec left = {millis / 1000, millis % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

static int is_segment(int fd)
{
    char link[64], path[4096] = {0};
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return readlink(link, path, sizeof path - 1) > 0 && strstr(path, "/log_") != NULL;
}

/* Segments are written from their beginning to their end; who is at 0 has only opened the file. */
static off_t written_to(int fd)
{
    struct stat status;
    off_t at = lseek(fd, 0, SEEK_CUR);
    return at == 0 && fstat(fd, &status) == 0 ? status.st_size : at;
}

static void write_down(int fd, off_t written)
{
    char path[4096], line[64];
    struct stat status;
    if (fstat(fd, &status) != 0)
        return;
    path_of(path, sizeof path, "flushed");
    int out = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    int length = snprintf(line, sizeof line, "%llu %lld\n",
                          (unsigned long long)status.st_ino, (long long)written);
    if (out < 0 || write(out, line, length) != length)
        abort(); /* without it, the test would cut what was flushed */
    close(out);
}

static int flush(int fd, const char *name)
{
    int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int segment = is_segment(fd);
    off_t written = segment ? written_to(fd) : 0;
    wait_as_ordered();
    if (segment) {
        char path[4096];
        path_of(path, sizeof path, "fail");
        if (unlink(path) == 0) {
            errno = EIO;
            return -1;
        }
    }
    int result = next(fd);
    if (result == 0 && segment)
        write_down(fd, written);
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = syscall(SYS_clock_gettime, clock, time);
    if (result == 0 && clock == CLOCK_REALTIME)
        time->tv_sec += ordered("clock");
    return result;
}

int gettimeofday(struct timeval *time, void *zone)
{
    struct timespec now;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

int fsync(int fd)
{
    return flush(fd, "fsync");
}

int fdatasync(int fd)
{
    return flush(fd, "fdatasync");
}
