"""A linker for one x86-64 object file: what PoCL needs of `ld`, where a machine has none.

PoCL compiles each kernel to an object file by itself, but has `ld` and the C compiler's own
libraries make a shared object of it. This file stands in for both: it runs by itself, with the
standard library alone, as `python linker.py ... object.o -o kernel.so`; all other words that PoCL
says to a linker mean nothing for a kernel.
Source: "System V Application Binary Interface, AMD64 Architecture Processor Supplement" and
"Tool Interface Standard, Executable and Linking Format".
"""

import shlex
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
HEADER, PROGRAM_HEADER, SECTION, SYMBOL, RELOCATION = 64, 56, 64, 24, 24
LISTED, WRITABLE, EXECUTABLE, ABSOLUTE = 2, 1, 4, 0xFFF1
NOTHING, SYMBOLS, WITH_ADDENDS, NO_BITS = 0, 2, 4, 8
# Relocations that an object may ask for ...
WORD64, PC32, PLT32, GOT32, PC64, GOT32X, REX_GOT32X = 1, 2, 4, 9, 24, 41, 42
# ... and those that are left to the dynamic loader.
LOADER_SYMBOL, LOADER_RELATIVE = 6, 8
STACK = 0x6474E551
LIBRARIES = (b"libm.so.6", b"libc.so.6")


class LinkError(Exception):
    """The object asks for something that no kernel was seen to need."""


@dataclass
class Section:
    kind: int
    flags: int
    content: bytearray
    align: int
    link: int
    target: int
    address: int = 0


@dataclass(frozen=True)
class Symbol:
    name: bytes
    information: int
    section: int
    value: int
    size: int


def read_object(data: bytes) -> tuple[list[Section], list[Symbol]]:
    """Return the sections and the symbols of an object file."""
    if data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<HH", data, 16) != (1, 62):
        raise LinkError("it is no x86-64 object file")
    (start,) = struct.unpack_from("<Q", data, 40)
    (count,) = struct.unpack_from("<H", data, 60)
    sections = []
    for index in range(count):
        _, kind, flags, _, offset, size, link, target, align, _ = struct.unpack_from(
            "<IIQQQQIIQQ", data, start + index * SECTION
        )
        content = bytes(size) if kind == NO_BITS else data[offset : offset + size]
        sections.append(Section(kind, flags, bytearray(content), max(align, 1), link, target))
    symbols = []
    for table in (section for section in sections if section.kind == SYMBOLS):
        names = bytes(sections[table.link].content)
        for at in range(0, len(table.content), SYMBOL):
            name, information, _, section, value, size = struct.unpack_from(
                "<IBBHQQ", table.content, at
            )
            label = names[name : names.index(b"\0", name)]
            symbols.append(Symbol(label, information, section, value, size))
    return sections, symbols


def link(data: bytes) -> bytes:
    """Return the shared object that an object file becomes; addresses are places in the file.

    Two segments: what is read or run, then what the loader writes to (the dynamic section and a
    table of addresses, one entry for each symbol from outside).
    """
    sections, symbols = read_object(data)
    listed = [section for section in sections if section.flags & LISTED]
    fixed = [section for section in listed if not section.flags & WRITABLE]
    changing = [section for section in listed if section.flags & WRITABLE]
    shown = [symbol for symbol in symbols if symbol.information >> 4 and symbol.name]
    names = bytearray(b"\0")

    def name_at(name: bytes) -> int:
        names.extend(name + b"\0")
        return len(names) - len(name) - 1

    name_places = [name_at(symbol.name) for symbol in shown]
    needed = [name_at(library) for library in LIBRARIES]
    count = len(shown) + 1
    # One bucket: the loader walks the whole chain, which is a few symbols long.
    chain = [0, *range(2, count), 0][:count]
    table = struct.pack(f"<{count + 3}I", 1, count, min(1, count - 1), *chain)

    hash_place = HEADER + 4 * PROGRAM_HEADER
    symbol_place = hash_place + len(table) + -len(table) % 8
    name_place = symbol_place + count * SYMBOL
    place = name_place + len(names)
    for section in fixed:
        section.address = place + -place % section.align
        place = section.address + len(section.content)
    # A call of a function from outside goes by way of a jump to what its table entry says.
    outside = [symbol for symbol in shown if not symbol.section]
    stub_place = place + -place % 16
    fixed_end = stub_place + 16 * len(outside)
    dynamic_place = fixed_end + -fixed_end % PAGE
    table_place = dynamic_place + 16 * 14
    entries = {symbol: table_place + 8 * index for index, symbol in enumerate(symbols)}
    place = table_place + 8 * len(symbols)
    for section in changing:
        section.address = place + -place % section.align
        place = section.address + len(section.content)

    def address(symbol: Symbol) -> int:
        if symbol.section == ABSOLUTE:
            return symbol.value
        if not 0 < symbol.section < len(sections):
            raise LinkError(f"{symbol.name.decode()} stands in no section")
        return sections[symbol.section].address + symbol.value

    left: list[tuple[int, int, int]] = []  # place, what the loader does there, addend
    used: set[Symbol] = set()

    def entry(symbol: Symbol) -> int:
        if symbol not in used:
            used.add(symbol)
            if symbol.section:
                left.append((entries[symbol], LOADER_RELATIVE, address(symbol)))
            else:
                row = shown.index(symbol) + 1
                left.append((entries[symbol], row << 32 | LOADER_SYMBOL, 0))
        return entries[symbol]

    for relocations in (item for item in sections if item.kind == WITH_ADDENDS):
        section = sections[relocations.target]
        if not section.flags & LISTED:
            continue
        for at in range(0, len(relocations.content), RELOCATION):
            offset, information, addend = struct.unpack_from("<QQq", relocations.content, at)
            symbol, kind = symbols[information >> 32], information & 0xFFFFFFFF
            here = section.address + offset
            if kind == WORD64 and symbol.section:
                left.append((here, LOADER_RELATIVE, address(symbol) + addend))
                continue
            if kind == WORD64:
                left.append((here, shown.index(symbol) + 1 << 32 | WORD64, addend))
                continue
            if kind in (GOT32, GOT32X, REX_GOT32X):
                target = entry(symbol)
            elif kind in (PC32, PLT32, PC64) and symbol.section:
                target = address(symbol)
            elif kind == PLT32:
                entry(symbol)
                target = stub_place + 16 * outside.index(symbol)
            else:
                raise LinkError(f"relocation {kind} of {symbol.name.decode()}")
            form = "<q" if kind == PC64 else "<i"
            struct.pack_into(form, section.content, offset, target + addend - here)

    left_place = place + -place % 8
    end = left_place + RELOCATION * len(left)
    image = bytearray(end)

    def put(where: int, content: bytes) -> None:
        image[where : where + len(content)] = content

    # Version 1, a shared object for x86-64 with four program headers and no sections.
    put(0, b"\x7fELF\x02\x01\x01".ljust(16, b"\0"))
    put(16, struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, HEADER, 0, 0, 64, 56, 4, 64, 0, 0))
    for index, (kind, rights, start, stop, align) in enumerate(
        (
            (1, 5, 0, fixed_end, PAGE),
            (1, 6, dynamic_place, end, PAGE),
            (2, 6, dynamic_place, table_place, 8),
            (STACK, 6, 0, 0, 16),  # without it, the loader asks for a stack that can be run
        )
    ):
        size = stop - start
        header = struct.pack("<IIQQQQQQ", kind, rights, start, start, start, size, size, align)
        put(HEADER + index * PROGRAM_HEADER, header)
    put(hash_place, table)
    for index, (symbol, where) in enumerate(zip(shown, name_places, strict=True), 1):
        value = address(symbol) if symbol.section else 0
        row = (where, symbol.information, 0, 1 if symbol.section else 0, value, symbol.size)
        put(symbol_place + index * SYMBOL, struct.pack("<IBBHQQ", *row))
    put(name_place, bytes(names))
    for section in listed:
        put(section.address, bytes(section.content))
    for index, symbol in enumerate(outside):
        here = stub_place + 16 * index
        put(here, b"\xff\x25" + struct.pack("<i", entries[symbol] - here - 6))
    dynamic = [(1, where) for where in needed]
    dynamic += [(4, hash_place), (5, name_place), (6, symbol_place), (10, len(names)), (11, SYMBOL)]
    dynamic += [(7, left_place), (8, RELOCATION * len(left)), (9, RELOCATION)] if left else []
    put(dynamic_place, b"".join(struct.pack("<QQ", *pair) for pair in dynamic))
    put(left_place, b"".join(struct.pack("<QQq", *relocation) for relocation in left))
    return bytes(image)


def make_command(folder: Path) -> None:
    """Put a command `ld` into the folder that runs this file."""
    command = folder / "ld"
    python, program = shlex.quote(sys.executable), shlex.quote(__file__)
    command.write_text(f'#!/bin/sh\nexec {python} -I -S {program} "$@"\n', encoding="utf-8")
    command.chmod(0o700)


def main(words: list[str]) -> int:
    """Link the one object among the words to what follows `-o`."""
    objects = [word for word in words if word.endswith(".o")]
    try:
        if len(objects) != 1:
            raise LinkError(f"{len(objects)} object files, not one")
        Path(words[words.index("-o") + 1]).write_bytes(link(Path(objects[0]).read_bytes()))
    except LinkError as fault:
        print(f"ld of bonsai_compiler: {fault}; installing gcc would help", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
