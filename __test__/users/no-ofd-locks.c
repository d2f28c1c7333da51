/* A kernel that does not know open-file-description locks. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

typedef int call(int, int, ...);

static int call_next(const char *name, int fd, int command, void *argument) {
  if (command == F_OFD_GETLK || command == F_OFD_SETLK || command == F_OFD_SETLKW) {
    errno = EINVAL;
    return -1;
  }
  return ((call *)dlsym(RTLD_NEXT, name))(fd, command, argument);
}

#define REPLACE(name)                              \
  int name(int fd, int command, ...) {             \
    va_list arguments;                             \
    va_start(arguments, command);                  \
    void *argument = va_arg(arguments, void *);    \
    va_end(arguments);                             \
    return call_next(#name, fd, command, argument); \
  }

REPLACE(fcntl)
REPLACE(fcntl64)
