// A text that is made by format.
#include <stdarg.h>
#include <stddef.h>

struct text {
    char *bytes;
    // How long it is, which may be more than fits.
    size_t len, size;
    // In a buffer of a fixed size; otherwise it grows.
    int limited;
    // No memory is left.
    int failed;
};

// Appends a text by format. 0 for no format, a number that is too large, and when no memory is
// left.
__attribute__((visibility("hidden"))) int standin_format(struct text *to, const char *format, va_list arguments);
