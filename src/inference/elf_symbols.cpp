#include "inference/elf_symbols.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <elf.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kLongestName = 512;

std::optional<Bytes> Slice(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset) {
        return std::nullopt;
    }
    return bytes.subspan(offset, size);
}

/// Copies a structure out of the bytes, which need not be aligned for it.
template <class T>
std::optional<T> ReadAt(Bytes bytes, std::uint64_t offset) {
    const std::optional<Bytes> from = Slice(bytes, offset, sizeof(T));
    if (!from) {
        return std::nullopt;
    }
    T value{};
    std::memcpy(&value, from->data(), sizeof(T));
    return value;
}

std::optional<std::string> NameAt(Bytes strings, std::uint64_t offset) {
    if (offset >= strings.size()) {
        return std::nullopt;
    }
    const Bytes rest =
        strings.subspan(offset, std::min<std::uint64_t>(strings.size() - offset, kLongestName));
    std::string name;
    for (const std::byte byte : rest) {
        if (byte == std::byte{0}) {
            return name;
        }
        name.push_back(static_cast<char>(byte));
    }
    return std::nullopt;
}

Unexpected Refuse(std::string_view why) {
    return Fail(ErrorCode::kInvalidArgument, "not a usable ELF library: " + std::string(why));
}

Result<std::vector<Elf64_Shdr>> ReadSections(Bytes library) {
    const auto header = ReadAt<Elf64_Ehdr>(library, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
        return Refuse("it does not begin with an ELF header");
    }
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB) {
        return Refuse("only 64-bit little-endian files are read");
    }
    if (header->e_shentsize != sizeof(Elf64_Shdr)) {
        return Refuse("its section headers have an unknown size");
    }
    const auto table = Slice(library, header->e_shoff, std::uint64_t{header->e_shnum} * sizeof(Elf64_Shdr));
    if (!table) {
        return Refuse("its section headers lie outside the file");
    }
    std::vector<Elf64_Shdr> sections(header->e_shnum);
    if (!sections.empty()) {
        std::memcpy(sections.data(), table->data(), table->size());
    }
    return sections;
}

/// The bytes of a symbol, nothing when it is no data with bytes in the file.
Result<std::optional<Bytes>> DataOf(
    Bytes library, const std::vector<Elf64_Shdr>& sections, const Elf64_Sym& symbol
) {
    if (ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_shndx == SHN_UNDEF ||
        symbol.st_shndx >= sections.size()) {
        return std::optional<Bytes>{};
    }
    const Elf64_Shdr& section = sections[symbol.st_shndx];
    if (section.sh_type != SHT_PROGBITS) {
        return std::optional<Bytes>{};
    }
    const std::optional<Bytes> contents = Slice(library, section.sh_offset, section.sh_size);
    if (!contents || symbol.st_value < section.sh_addr) {
        return Refuse("a section of data lies outside the file");
    }
    const std::optional<Bytes> data = Slice(*contents, symbol.st_value - section.sh_addr, symbol.st_size);
    if (!data) {
        return Refuse("a symbol lies outside its section");
    }
    return data;
}

Result<void> AddTable(
    Bytes library, const std::vector<Elf64_Shdr>& sections, const Elf64_Shdr& table, ElfSymbols& symbols
) {
    if (table.sh_entsize != sizeof(Elf64_Sym) || table.sh_link >= sections.size()) {
        return Refuse("a symbol table has an unknown shape");
    }
    const Elf64_Shdr& names = sections[table.sh_link];
    const std::optional<Bytes> entries = Slice(library, table.sh_offset, table.sh_size);
    const std::optional<Bytes> strings = Slice(library, names.sh_offset, names.sh_size);
    if (!entries || !strings) {
        return Refuse("a symbol table lies outside the file");
    }
    for (std::uint64_t offset = 0; offset + sizeof(Elf64_Sym) <= entries->size();
         offset += sizeof(Elf64_Sym)) {
        const auto symbol = ReadAt<Elf64_Sym>(*entries, offset).value_or(Elf64_Sym{});
        const Result<std::optional<Bytes>> data = DataOf(library, sections, symbol);
        if (!data) {
            return Unexpected(data.error());
        }
        if (!*data) {
            continue;
        }
        std::optional<std::string> name = NameAt(*strings, symbol.st_name);
        if (!name) {
            return Refuse("a symbol's name lies outside the file");
        }
        symbols.emplace(*std::move(name), **data);
    }
    return {};
}

}  // namespace

Result<ElfSymbols> ReadElfSymbols(std::span<const std::byte> library) {
    const Result<std::vector<Elf64_Shdr>> sections = ReadSections(library);
    if (!sections) {
        return Unexpected(sections.error());
    }
    ElfSymbols symbols;
    // The first table of each kind: a file that points thousands of sections at one table costs no more than
    // another.
    for (const std::uint32_t kind : {std::uint32_t{SHT_DYNSYM}, std::uint32_t{SHT_SYMTAB}}) {
        for (const Elf64_Shdr& section : *sections) {
            if (section.sh_type != kind) {
                continue;
            }
            if (Result<void> added = AddTable(library, *sections, section, symbols); !added) {
                return Unexpected(added.error());
            }
            break;
        }
    }
    return symbols;
}

}  // namespace notify
