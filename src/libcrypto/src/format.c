// Texts by format as the original makes them: its printf is its own, with at most nine digits behind the point, its own
// rounding, and no text at all for numbers that it finds too large.
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

enum { LEFT = 1, PLUS = 2, SPACE = 4, ALTERNATE = 8, ZERO = 16, CAPITAL = 32, UNSIGNED = 64 };
enum size { PLAIN, SHORT, LONG, LONG_LONG, WIDE, SIZE };

// What a conversion is written by.
struct rule {
    int flags, width, precision;
};

static void put(struct text *to, char c) {
    if (to->limited) {
        if (to->len < to->size)
            to->bytes[to->len] = c;
        to->len++;
        return;
    }
    if (to->len == to->size) {
        size_t size = to->size ? to->size * 2 : 256;
        char *bytes = realloc(to->bytes, size);
        if (!bytes) {
            to->failed = 1;
            return;
        }
        to->bytes = bytes;
        to->size = size;
    }
    to->bytes[to->len++] = c;
}

static void fill(struct text *to, char c, int count) {
    for (; count > 0 && !to->failed; count--)
        put(to, c);
}

static int at_least_none(int number) { return number > 0 ? number : 0; }

static void put_string(struct text *to, const char *string, struct rule rule) {
    if (!string)
        string = "<NULL>";
    size_t len = rule.precision < 0 ? strlen(string) : strnlen(string, (size_t)rule.precision);
    int padding = len < INT_MAX ? at_least_none(at_least_none(rule.width) - (int)len) : 0;
    if (!(rule.flags & LEFT))
        fill(to, ' ', padding);
    for (size_t at = 0; at < len && !to->failed; at++)
        put(to, string[at]);
    if (rule.flags & LEFT)
        fill(to, ' ', padding);
}

static char sign_of(int negative, int flags) {
    return negative ? '-' : flags & PLUS ? '+' : flags & SPACE ? ' ' : 0;
}

static void put_integer(struct text *to, long long value, unsigned base, struct rule rule) {
    unsigned long long rest = (unsigned long long)value;
    char sign = 0, digits[3 * sizeof value];
    if (!(rule.flags & UNSIGNED)) {
        sign = sign_of(value < 0, rule.flags);
        if (value < 0)
            rest = 0 - rest;
    }
    const char *prefix = !(rule.flags & ALTERNATE) ? "" : base == 8 ? "0" : base == 16 ? "0x" : "";
    const char *figures = rule.flags & CAPITAL ? "0123456789ABCDEF" : "0123456789abcdef";
    int count = 0;
    do {
        digits[count++] = figures[rest % base];
        rest /= base;
    } while (rest);
    int zeros = at_least_none(at_least_none(rule.precision) - count), longest = zeros + count;
    int spaces = at_least_none(at_least_none(rule.width) - longest - (sign != 0) - (int)strlen(prefix));
    if (rule.flags & ZERO) {
        if (spaces > zeros)
            zeros = spaces;
        spaces = 0;
    }
    if (!(rule.flags & LEFT))
        fill(to, ' ', spaces);
    if (sign)
        put(to, sign);
    for (; *prefix; prefix++)
        put(to, *prefix);
    fill(to, '0', zeros);
    while (count > 0)
        put(to, digits[--count]);
    if (rule.flags & LEFT)
        fill(to, ' ', spaces);
}

static double power_of_ten(int exponent) {
    double power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

// Halves are rounded up, whatever is before them.
static long rounded(double value) {
    long whole = (long)value;
    return whole + (value - (double)whole >= 0.5);
}

// The decimal digits of a number, the last first; at most `most` of them.
static int digits_of(unsigned long number, char *to, int most) {
    int count = 0;
    do {
        to[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number && count < most);
    return count;
}

// 0 for a number that is too large.
static int put_float(struct text *to, double value, char style, struct rule rule) {
    enum { WHOLE = 20, FRACTION = 9 };
    char sign = sign_of(value < 0, rule.flags), whole[WHOLE], fraction[FRACTION], exponent_digits[8];
    double size = fabs(value);
    if (!isfinite(value)) {
        sign = '?';
        size = 0;
    }
    int precision = rule.precision < 0 ? 6 : rule.precision, exponent = 0, exponent_len = 0;
    int scientific = style == 'e';
    if (style == 'g')
        scientific = size != 0 && (size < 0.0001 || size >= (precision == 0 ? 10 : power_of_ten(precision)));
    if (style != 'f') {
        double scaled = size;
        for (; size != 0 && scaled < 1; exponent--)
            scaled *= 10;
        for (; scaled > 10; exponent++)
            scaled /= 10;
        if (style == 'g') {
            if (precision == 0)
                precision = 1;
            precision -= scientific ? 1 : exponent + 1;
            if (precision < 0)
                return 0;
        }
        if (scientific)
            size = scaled;
    }
    if (size >= (double)(ULONG_MAX - 65535) + 65536.0)
        return 0;
    if (precision > FRACTION)
        precision = FRACTION;
    unsigned long integer = (unsigned long)size;
    long unit = rounded(power_of_ten(precision));
    long parts = rounded(power_of_ten(precision) * (size - (double)integer));
    if (parts >= unit) {
        integer++;
        parts -= unit;
    }
    int whole_len = digits_of(integer, whole, WHOLE), fraction_len = 0;
    if (whole_len == WHOLE)
        whole_len--;
    while (fraction_len < precision) {
        if (style == 'g' && fraction_len == 0 && parts % 10 == 0) {
            // Zeros at the end are left out.
            precision--;
            parts /= 10;
            continue;
        }
        fraction[fraction_len++] = (char)('0' + parts % 10);
        parts /= 10;
    }
    if (scientific) {
        exponent_len = digits_of((unsigned long)(exponent < 0 ? -exponent : exponent), exponent_digits, sizeof exponent_digits);
        if (exponent_len == 1)
            exponent_digits[exponent_len++] = '0';
    }
    int padding = at_least_none(rule.width) - whole_len - precision - (precision > 0) - (sign != 0);
    padding = at_least_none(scientific ? padding - 2 - exponent_len : padding);
    int after = rule.flags & LEFT ? padding : 0;
    padding -= after;
    if (rule.flags & ZERO && padding > 0) {
        if (sign) {
            put(to, sign);
            // The original counts the sign twice here.
            padding--;
            sign = 0;
        }
        fill(to, '0', padding);
    } else {
        fill(to, ' ', padding);
    }
    if (sign)
        put(to, sign);
    while (whole_len > 0)
        put(to, whole[--whole_len]);
    if (precision > 0 || rule.flags & ALTERNATE)
        put(to, '.');
    while (fraction_len > 0)
        put(to, fraction[--fraction_len]);
    if (scientific) {
        put(to, rule.flags & CAPITAL ? 'E' : 'e');
        put(to, exponent < 0 ? '-' : '+');
        while (exponent_len > 0)
            put(to, exponent_digits[--exponent_len]);
    }
    fill(to, ' ', after);
    return 1;
}

static int flag_of(char c) {
    switch (c) {
    case '-': return LEFT;
    case '+': return PLUS;
    case ' ': return SPACE;
    case '#': return ALTERNATE;
    case '0': return ZERO;
    default: return 0;
    }
}

static int number(const char **at) {
    long sum = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++)
        sum = sum < INT_MAX / 10 ? sum * 10 + (**at - '0') : sum;
    return (int)sum;
}

static enum size size_of(const char **at) {
    switch (**at) {
    case 'h': (*at)++; return SHORT;
    case 'l':
        (*at)++;
        if (**at != 'l')
            return LONG;
        (*at)++;
        return LONG_LONG;
    case 'q':
    case 'j': (*at)++; return LONG_LONG;
    case 'L': (*at)++; return WIDE;
    case 'z': (*at)++; return SIZE;
    default: return PLAIN;
    }
}

int standin_format(struct text *to, const char *format, va_list arguments) {
    if (!format)
        return 0;
    while (*format && !to->failed) {
        if (*format != '%') {
            put(to, *format++);
            continue;
        }
        format++;
        struct rule rule = {0, 0, -1};
        for (int flag; (flag = flag_of(*format)) != 0; format++)
            rule.flags |= flag;
        if (*format == '*') {
            rule.width = va_arg(arguments, int);
            format++;
        } else {
            rule.width = number(&format);
        }
        if (*format == '.') {
            format++;
            if (*format == '*') {
                rule.precision = va_arg(arguments, int);
                format++;
            } else if (*format >= '0' && *format <= '9') {
                rule.precision = number(&format);
            }
        }
        enum size size = size_of(&format);
        char conversion = *format;
        if (!conversion)
            break;
        format++;
        switch (conversion) {
        case 'd':
        case 'i': {
            long long value;
            switch (size) {
            case SHORT: value = (short)va_arg(arguments, int); break;
            case LONG: value = va_arg(arguments, long); break;
            case LONG_LONG: value = va_arg(arguments, long long); break;
            case SIZE: value = (long long)va_arg(arguments, size_t); break;
            default: value = va_arg(arguments, int);
            }
            put_integer(to, value, 10, rule);
            break;
        }
        case 'X': rule.flags |= CAPITAL; // fall through
        case 'x':
        case 'o':
        case 'u': {
            unsigned long long value;
            rule.flags |= UNSIGNED;
            switch (size) {
            case SHORT: value = (unsigned short)va_arg(arguments, unsigned); break;
            case LONG: value = va_arg(arguments, unsigned long); break;
            case LONG_LONG: value = va_arg(arguments, unsigned long long); break;
            case SIZE: value = va_arg(arguments, size_t); break;
            default: value = va_arg(arguments, unsigned);
            }
            put_integer(to, (long long)value, conversion == 'o' ? 8 : conversion == 'u' ? 10 : 16, rule);
            break;
        }
        case 'E':
        case 'G': rule.flags |= CAPITAL; // fall through
        case 'e':
        case 'f':
        case 'g': {
            double value = size == WIDE ? (double)va_arg(arguments, long double) : va_arg(arguments, double);
            if (!put_float(to, value, conversion | 0x20, rule))
                return 0;
            break;
        }
        case 'c': put(to, (char)va_arg(arguments, int)); break;
        case 's': put_string(to, va_arg(arguments, const char *), rule); break;
        case 'p':
            rule.flags |= ALTERNATE;
            put_integer(to, (long long)(uintptr_t)va_arg(arguments, void *), 16, rule);
            break;
        case 'n': *va_arg(arguments, int *) = (int)to->len; break;
        case '%': put(to, '%'); break;
        case 'w':
            // Not known, nor what comes next.
            if (*format)
                format++;
            break;
        default: break;
        }
    }
    return !to->failed;
}
