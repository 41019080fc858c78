/* SPDX-License-Identifier: MIT */

#include "addon/foreign.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define AGAIN      "; install its package again"
#define AGAIN_HERE AGAIN " on this machine"

#define MAGIC(text) text, sizeof(text) - 1

/* What begins so is no ELF file. */
static const struct {
    const char *magic;
    size_t length;
    int error;
    const char *why;
} formats[] = {
    {MAGIC("version https://git-lfs."), -ELIBBAD,
     "it is a pointer of Git LFS, not the file itself; run 'git lfs pull' in its repository"},
    {MAGIC("\xcf\xfa\xed\xfe"), -ENOEXEC, "it is built for macOS (Mach-O)" AGAIN_HERE},
    {MAGIC("\xfe\xed\xfa\xcf"), -ENOEXEC, "it is built for macOS (Mach-O)" AGAIN_HERE},
    {MAGIC("\xce\xfa\xed\xfe"), -ENOEXEC, "it is built for macOS (Mach-O, 32-bit)" AGAIN_HERE},
    {MAGIC("\xfe\xed\xfa\xce"), -ENOEXEC, "it is built for macOS (Mach-O, 32-bit)" AGAIN_HERE},
    {MAGIC("\xca\xfe\xba\xbe"), -ENOEXEC, "it is built for macOS (universal Mach-O)" AGAIN_HERE},
    {MAGIC("\xbe\xba\xfe\xca"), -ENOEXEC, "it is built for macOS (universal Mach-O)" AGAIN_HERE},
    {MAGIC("\xca\xfe\xba\xbf"), -ENOEXEC, "it is built for macOS (universal Mach-O)" AGAIN_HERE},
    {MAGIC("\xbf\xba\xfe\xca"), -ENOEXEC, "it is built for macOS (universal Mach-O)" AGAIN_HERE},
    {MAGIC("MZ"), -ENOEXEC, "it is built for Windows (PE)" AGAIN_HERE},
    {MAGIC("!<arch>\n"), -ENOMSG,
     "it is a static library (.a), which nothing can load; link it into a shared object"},
    {MAGIC("!<thin>\n"), -ENOMSG,
     "it is a static library (.a), which nothing can load; link it into a shared object"},
    {MAGIC("\0asm"), -ENOMSG, "it is a WebAssembly module; load it with WebAssembly.compile()"},
    {MAGIC("\x1f\x8b"), -ELIBBAD, "it is a compressed archive (gzip), never unpacked" AGAIN},
    {MAGIC("<!DOCTYPE"), -ELIBBAD, "it is an HTML page, as a failed download leaves it" AGAIN},
    {MAGIC("<!doctype"), -ELIBBAD, "it is an HTML page, as a failed download leaves it" AGAIN},
    {MAGIC("<html"), -ELIBBAD, "it is an HTML page, as a failed download leaves it" AGAIN},
};

/* As process.arch names them. The class tells ia32 from x32 apart, and 32-bit ppc and mips from
 * their big brothers; the first row that fits counts. */
static const struct {
    uint16_t machine;
    uint8_t class; /* 0: any */
    const char *name;
} machines[] = {
    {EM_X86_64, ELFCLASS32, "x32"},
    {EM_386, 0, "ia32"},
    {EM_AARCH64, ELFCLASS64, "arm64"},
    {EM_AARCH64, ELFCLASS32, "32-bit arm64"},
    {EM_ARM, 0, "arm (32-bit, as armv7)"},
    {EM_RISCV, ELFCLASS64, "riscv64"},
    {EM_RISCV, ELFCLASS32, "riscv32"},
    {EM_S390, ELFCLASS64, "s390x"},
    {EM_S390, ELFCLASS32, "s390"},
    {EM_PPC64, 0, "ppc64"},
    {EM_PPC, 0, "ppc"},
    {EM_LOONGARCH, ELFCLASS64, "loongarch64"},
    {EM_LOONGARCH, ELFCLASS32, "loongarch32"},
    {EM_MIPS, ELFCLASS64, "mips64"},
    {EM_MIPS, ELFCLASS32, "mips"},
};

static const struct {
    uint8_t abi;
    const char *name;
} systems[] = {
    {ELFOSABI_FREEBSD, "FreeBSD"},
    {ELFOSABI_NETBSD, "NetBSD"},
    {ELFOSABI_OPENBSD, "OpenBSD"},
    {ELFOSABI_SOLARIS, "Solaris"},
};

static int check_format(const uint8_t *bytes, size_t size, char ret_why[WEFT_ELF_WHY_MAX])
{
    if (size == 0)
        return weft_elf_refuse(ret_why, -ELIBBAD, "it is empty" AGAIN);
    if (size >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0)
        return 0;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (size >= formats[i].length && memcmp(bytes, formats[i].magic, formats[i].length) == 0)
            return weft_elf_refuse(ret_why, formats[i].error, "%s", formats[i].why);
    return weft_elf_refuse(ret_why, -ELIBBAD, "it is not an ELF file" AGAIN);
}

/* The fields up to the machine lie alike in all ELF files, but for the order of their bytes. */
static uint16_t read_half(const Elf64_Ehdr *header, uint16_t half)
{
    return header->e_ident[EI_DATA] == ELFDATA2MSB ? be16toh(half) : le16toh(half);
}

static int check_machine(const Elf64_Ehdr *header, char ret_why[WEFT_ELF_WHY_MAX])
{
    uint16_t machine = read_half(header, header->e_machine);
    uint8_t class = header->e_ident[EI_CLASS];

    if (machine == EM_X86_64 && class == ELFCLASS64) {
        if (header->e_ident[EI_DATA] == ELFDATA2LSB)
            return 0;
        return weft_elf_refuse(ret_why, -ELIBBAD,
                               "it is damaged: its header says big-endian, which x64 is not" AGAIN);
    }
    for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
        if (machines[i].machine == machine && (!machines[i].class || machines[i].class == class))
            return weft_elf_refuse(ret_why, -ENOEXEC,
                                   "it is built for %s, but this process is x64" AGAIN_HERE,
                                   machines[i].name);
    return weft_elf_refuse(
        ret_why, -ENOEXEC,
        "it is built for another machine (ELF's number %u), but this process is x64" AGAIN_HERE,
        machine);
}

static int check_system(const Elf64_Ehdr *header, char ret_why[WEFT_ELF_WHY_MAX])
{
    uint8_t abi = header->e_ident[EI_OSABI];

    if (abi == ELFOSABI_SYSV || abi == ELFOSABI_GNU)
        return 0;
    for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
        if (systems[i].abi == abi)
            return weft_elf_refuse(ret_why, -ENOEXEC,
                                   "it is built for %s, but this system is Linux" AGAIN_HERE,
                                   systems[i].name);
    return weft_elf_refuse(
        ret_why, -ENOEXEC,
        "it is built for another system (ELF's number %u), but this one is Linux" AGAIN_HERE, abi);
}

static int check_type(const Elf64_Ehdr *header, char ret_why[WEFT_ELF_WHY_MAX])
{
    switch (header->e_type) {
    case ET_DYN:
        return 0;
    case ET_REL:
        return weft_elf_refuse(ret_why, -ENOMSG,
                               "it is an object file (.o), not yet linked; link it with -shared");
    case ET_EXEC:
        return weft_elf_refuse(ret_why, -ENOMSG,
                               "it is a program, not a shared object; start it with child_process");
    case ET_CORE:
        return weft_elf_refuse(ret_why, -ENOMSG, "it is a core dump, not a shared object");
    }
    return weft_elf_refuse(ret_why, -ELIBBAD, "it is damaged: ELF has no file type %u" AGAIN,
                           header->e_type);
}

int weft_foreign_check(const void *bytes, size_t size, char ret_why[WEFT_ELF_WHY_MAX])
{
    const Elf64_Ehdr *header = bytes;

    int r = check_format(bytes, size, ret_why);
    if (r < 0)
        return r;
    if (size < sizeof(*header))
        return weft_elf_refuse(
            ret_why, -ELIBBAD,
            "it is truncated: its header needs %zu bytes, but the file has %zu" AGAIN,
            sizeof(*header), size);
    r = check_machine(header, ret_why);
    if (r == 0)
        r = check_system(header, ret_why);
    if (r == 0)
        r = check_type(header, ret_why);
    return r;
}
